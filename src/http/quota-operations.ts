import { authorizeFor } from '../gateway/policy/authorize.ts';
import type { Standing } from '../gateway/quota/quotas.ts';
import { OcciError } from '../occi/errors.ts';
import { type Call, send } from './call.ts';

/** Shows what the project of the client uses and may use: JSON to whom that is welcome, a line for each otherwise. */
export async function onQuota(call: Call): Promise<Response> {
  const { provider, scope, renderer, mediaType } = call;
  authorizeFor(scope, 'query', 'show');
  // There are no OCCI headers for it.
  if (renderer.mediaTypes[0] === 'text/occi') {
    throw new OcciError('not-acceptable', 'quotas are shown as application/json or text/plain');
  }
  const standings = await provider.quota();
  return mediaType.includes('json')
    ? send(call, 200, { contentType: 'application/json', body: inJson(provider.project, standings) })
    : send(call, 200, { contentType: 'text/plain; charset=utf-8', body: standings.map(line).join('\n') });
}

function inJson(project: string, standings: readonly Standing[]): string {
  const resources = standings.map(({ name, used, limit = null, unit }) => ({ name, used, limit, unit }));
  return JSON.stringify({ project, resources });
}

function line({ name, used, limit, unit }: Standing): string {
  const amount = limit === undefined ? `${used}` : `${used} of ${limit}`;
  return `${name}: ${amount}${unit === undefined ? '' : ` ${unit}`}`;
}
