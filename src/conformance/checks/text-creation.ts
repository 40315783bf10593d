import type { Fields } from '../../client/exchange.ts';
import type { RemoteEntity } from '../../client/remote-entity.ts';
import type { Reply } from '../reply.ts';
import type { Ask, Trial } from '../trial.ts';

/** One statement of a request, to be sent letter by letter. */
export type Line = readonly [field: string, value: string];

/** A request that says just this: as lines that end in CR LF, or as header fields, one for each statement. */
export function verbatim({ dialect: { rendering } }: Trial, lines: readonly Line[]): Pick<Ask, 'fields' | 'body'> {
  const type: Fields = [['Content-Type', rendering]];
  if (rendering === 'text/occi') return { fields: [...type, ...lines] };
  return { fields: type, body: lines.map(([field, value]) => `${field}: ${value}\r\n`).join('') };
}

/** What a creation says besides what it has to. */
export interface Saying {
  /** The kind, in place of its short form. */
  readonly category?: string;
  /** `name=value`, as attributes are written. */
  readonly attributes?: readonly string[];
}

/** What has to be said to create a plain resource, attributes that are required included. @throws NotApplicable */
export function creation(trial: Trial, { category, attributes = [] }: Saying = {}): readonly Line[] {
  const { plainKind: kind } = trial;
  const required = Object.entries(trial.required(kind)).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return [
    ['Category', category ?? `${kind.term}; scheme="${kind.scheme}"; class="kind"`],
    ...[...required, ...attributes].map((one): Line => ['X-OCCI-Attribute', one]),
  ];
}

/** Creates a plain resource with a request of these words. @returns the answer, whatever it is */
export function created(trial: Trial, lines: readonly Line[]): Promise<Reply> {
  return trial.ask({ method: 'POST', location: trial.plainKind.location, ...verbatim(trial, lines) });
}

/** Says that a request of these words is understood. @returns what it has created. @throws Unmet */
export async function understood(trial: Trial, lines: readonly Line[], why: string): Promise<RemoteEntity> {
  const reply = await created(trial, lines);
  trial.must(reply.isSuccess, `a request is understood: ${why}`, `${reply.status} ${reply.text.slice(0, 200)}`);
  return trial.read(trial.made(reply));
}
