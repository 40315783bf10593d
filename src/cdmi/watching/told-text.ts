import { domainOf, uriOf } from '../domains/owning-domain.ts';
import { hasDomains } from '../domains/top-domain.ts';
import type { Holder } from '../found.ts';
import { writeTime } from '../metadata/time.ts';
import type { CdmiObject, JsonObject } from '../object.ts';
import type { Event, LogMessage, Tidings } from './event.ts';
import { type OnBehalf, shownTo } from './shown-to.ts';
import type { Specification } from './specification.ts';
import { hears } from './tidings.ts';
import type { KeptWatch } from './watches.ts';

/** Who is told, and of what. */
export interface Listener {
  readonly watch: KeptWatch;
  readonly specification: Specification;
  readonly behalf: OnBehalf;
}

/** What somebody is told by some tidings: the values that come into the queue. */
export async function textsFor(listener: Listener, tidings: Tidings): Promise<readonly string[]> {
  const { watch } = listener;
  const texts: string[] = [];
  for (const event of tidings.events) {
    const text = hears(watch, event.name) ? await notification(listener, tidings, event) : undefined;
    if (text !== undefined) texts.push(text);
  }
  if (watch.kind === 'logging' && tidings.log !== undefined) {
    const classes = tidings.log.classes.filter((one) => watch.classes.includes(one));
    if (classes.length > 0) texts.push(await message(listener, tidings, { ...tidings.log, classes }));
  }
  return texts;
}

/** What a notification says of an event; nothing where it is not meant, or not to be seen by who asks. */
async function notification(
  { specification, behalf }: Listener,
  { time, user, result }: Tidings,
  { name, object, above }: Event,
): Promise<string | undefined> {
  // Of what it is in, nothing but the names is shown.
  const found = { object, above: above.map((one) => ({ name: one }) as Holder) };
  const visible = await shownTo(behalf, found, specification);
  if (visible === undefined) return undefined;
  const event: JsonObject = {
    cdmi_event: name,
    cdmi_event_result: result,
    cdmi_event_time: writeTime(time),
    cdmi_event_user: user,
  };
  const { fields, otherForms, value } = visible;
  if (!specification.scope({ ...event, ...fields }, otherForms)) return undefined;
  return JSON.stringify(specification.results({ ...event, ...fields, ...(value !== undefined && { value }) }));
}

async function message({ behalf }: Listener, { time, user, result }: Tidings, log: LogMessage): Promise<string> {
  const { classes, operation, uri, domain } = log;
  const belongs = domain === undefined ? undefined : await domainOf(behalf, { domain } as CdmiObject);
  return JSON.stringify({
    time: writeTime(time),
    class: classes,
    domain: hasDomains(behalf) ? uriOf(behalf, belongs) : '',
    operation,
    URI: uri,
    principal: user,
    result,
  });
}
