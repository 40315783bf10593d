import type { IncomingMessage } from 'node:http';
import type { Choices } from './choices.ts';
import { Refusal } from './draft.ts';

export type MediaType = 'text/plain' | 'text/occi+plain' | 'text/occi' | 'text/uri-list' | 'application/occi+json';

const inText: readonly MediaType[] = ['text/plain', 'text/occi+plain', 'text/occi', 'text/uri-list'];

export function mediaTypes({ hasJson }: Choices): readonly MediaType[] {
  return hasJson ? [...inText, 'application/occi+json'] : inText.filter((type) => type !== 'text/occi+plain');
}

/**
 * The media type of the answer (RFC 9110 §12.5.1).
 *
 * @param isListing whether the answer lists URLs
 * @throws Refusal 400 when text/uri-list is wanted and cannot be, 406
 */
export function wantedType(choices: Choices, { headers }: IncomingMessage, isListing: boolean): MediaType {
  const accept = headers.accept?.trim() ?? '';
  if (accept === '') return choices.fallback;
  const ranges = accept.split(',').map((range) => {
    const [type = '', ...parameters] = range
      .toLowerCase()
      .split(';')
      .map((one) => one.trim());
    const q = parameters.find((one) => one.startsWith('q='));
    return { type, q: q === undefined ? 1 : Number(q.slice(2)) };
  });
  const quality = (type: MediaType) => {
    const [main] = type.split('/');
    const match = [type, `${main}/*`, '*/*'].map((one) => ranges.find((range) => range.type === one));
    return match.find((one) => one !== undefined)?.q ?? 0;
  };
  const possible = [choices.fallback, ...mediaTypes(choices)].filter((type) => type !== 'text/uri-list' || isListing);
  const order = ({ type }: { readonly type: MediaType }) => {
    const at = ranges.findIndex((range) => range.type === type);
    return at === -1 ? ranges.length : at;
  };
  const [best] = possible
    .map((type) => ({ type, q: quality(type) }))
    .filter(({ q }) => q > 0)
    .toSorted((a, b) => b.q - a.q || order(a) - order(b));
  if (best !== undefined) return best.type;
  if (quality('text/uri-list') > 0) throw new Refusal(400, 'a list of URLs is for collections');
  throw new Refusal(406, 'there is no such rendering');
}

/** The rendering of a request. @throws Refusal */
export function sentType(choices: Choices, { headers }: IncomingMessage): MediaType {
  const hasFields = ['category', 'x-occi-attribute', 'x-occi-location', 'link'].some((name) => name in headers);
  const said = headers['content-type']?.toLowerCase() ?? '';
  if (said === '' || said.startsWith('application/x-www-form-urlencoded'))
    return hasFields ? 'text/occi' : 'text/plain';
  const charset = /charset="?([^";,\s]+)/.exec(said)?.[1];
  if (charset !== undefined && !['utf-8', 'us-ascii'].includes(charset)) throw new Refusal(406, `no ${charset} here`);
  const types = said.split(',').map((one) => one.split(';')[0]?.trim());
  const known = types.map((one) => mediaTypes(choices).find((own) => own === one)).find((one) => one !== undefined);
  if (known === undefined) throw new Refusal(406, `no ${said} here`);
  return known;
}

/** The versions of OCCI that a client says it speaks. */
export function versionsOf({ headers }: IncomingMessage): readonly number[] {
  const tokens = [...(headers['user-agent'] ?? '').matchAll(/(?<![A-Za-z0-9])OCCI\/(\d+)\.(\d+)/g)];
  return tokens.map(([, major, minor]) => Number(major) * 1000 + Number(minor));
}
