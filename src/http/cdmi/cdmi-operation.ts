import type { Target } from '../../cdmi/place.ts';
import { invalid } from '../../cdmi/refusals.ts';
import type { CdmiCall } from './cdmi-call.ts';
import { onContainer } from './container-operation.ts';
import { onDataObject, onParts } from './data-object-operation.ts';
import { onDomain } from './domain-operation.ts';
import { onQueue } from './queue-operations.ts';
import { lacksSlash, toTheSlash } from './redirect.ts';
import { answerType, type BodyStyle, typeOf } from './style.ts';

/** Makes what a body in CDMI describes, or changes it. */
export async function onCdmi(
  call: CdmiCall,
  how: Exclude<BodyStyle, { style: 'plain' }>,
  target: Target,
): Promise<Response> {
  const { path, accept, session, settings } = call;
  if (how.style === 'multipart') return onParts(call, how.boundary, target);
  const { kind } = how;
  switch (kind) {
    case 'object':
      return onDataObject(call, answerType(kind, accept), target);
    case 'queue':
      return onQueue(call, answerType(kind, accept), target);
    case 'domain':
      session.capabilities.require('cdmi_domains');
      if (await lacksSlash(call)) return toTheSlash(call);
      if (!path.slash) throw invalid('the URI of a domain ends with a slash');
      return onDomain(call, answerType(kind, accept));
    case 'container':
      if (await lacksSlash(call)) return toTheSlash(call);
      if (!path.slash && !settings.slashless) throw invalid('the URI of a container ends with a slash');
      return onContainer(call, answerType(kind, accept), target);
    case 'capability':
      throw invalid(`${typeOf(kind)} is not what this is`);
  }
}
