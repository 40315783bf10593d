import { version } from '../../src/version.ts';
import type { Message } from './exchange.ts';

/**
 * Where the gateway differs from the published examples, all of it: every other byte of status, headers and body is
 * compared. A difference turns the response of an exchange into the one the gateway gives; a response it does not
 * concern comes back as it is.
 */
export interface Difference {
  readonly id: string;
  readonly what: string;
  readonly reason: string;
  expect(response: Message): Message;
}

export const differences: readonly Difference[] = [
  {
    id: 'server-name',
    what: 'The product in `Server` is this gateway; the OCCI tokens are the same.',
    reason: 'The header names who answers.',
    expect: (response) =>
      withHeader(response, 'server', (value) => value.replace('homelab/1.0', `occi-gateway/${version}`)),
  },
  {
    id: 'readable-types',
    what: '`Accept` of a response also lists `application/json`.',
    reason: 'Requests in that type are read like `application/occi+json`.',
    expect: (response) => withHeader(response, 'accept', (value) => `${value}, application/json`),
  },
  {
    id: 'line-ends',
    what: 'Lines of text/plain and text/uri-list end in LF, the last one in nothing.',
    reason: 'Deployed clients split at LF and stumble over a CR or an empty last line.',
    expect: (response) => withBody(response, response.body.replaceAll('\r\n', '\n').replace(/\n$/, '')),
  },
  {
    id: 'kinds-of-ends',
    what: 'The kind `link` and those below it list `occi.core.source.kind` and `occi.core.target.kind`.',
    reason: 'Links show both, and what an entity shows has to be discoverable.',
    expect: (response) => {
      const category = withHeader(response, 'category', listKindsOfEnds);
      return withBody(category, listKindsOfEnds(response.body));
    },
  },
  {
    id: 'mixin-actions',
    what: 'The action `fade` of the mixin `dimmer` is also offered while the lamp is off.',
    reason: 'A state machine belongs to a kind and rules the actions of the kind; those of a mixin are always offered.',
    expect: (response) => {
      const dimmed = /test\.lab\.level"?[:=][0-9]/;
      if (!dimmed.test(`${response.headers['x-occi-attribute']} ${response.body}`)) return response;
      const link = withHeader(response, 'link', (value) => offerFade(value, ', '));
      return withBody(link, offerFade(response.body, '\nLink: '));
    },
  },
  {
    id: 'options',
    what: '`Allow` also lists `OPTIONS`.',
    reason: 'OPTIONS is answered for every target.',
    expect: (response) => withHeader(response, 'allow', (value) => `${value}, OPTIONS`),
  },
  {
    id: 'names-in-utf8',
    what: '`WWW-Authenticate` with Basic also says `charset="UTF-8"`.',
    reason: 'Names and passwords are read as UTF-8, and clients have to know that (RFC 7617 §2.1).',
    expect: (response) => withHeader(response, 'www-authenticate', (value) => `${value}, charset="UTF-8"`),
  },
  {
    id: 'error-texts',
    what: 'Bodies of errors, and so their length, are our own. What is compared is that they name the offending thing.',
    reason: 'No document defines the body of an error.',
    expect: (response) => {
      if (!failed(response)) return response;
      const { 'content-length': _, ...headers } = response.headers;
      return { ...response, headers, body: '' };
    },
  },
  {
    id: 'problem-details',
    what: 'Errors in JSON have the type `application/problem+json`.',
    reason: 'They are problem details (RFC 9457).',
    expect: (response) =>
      failed(response)
        ? withHeader(response, 'content-type', (type) => type.replace('occi+json', 'problem+json'))
        : response,
  },
];

function failed({ start }: Message): boolean {
  return Number(start.split(' ')[1]) >= 400;
}

function listKindsOfEnds(text: string): string {
  const kind = '{"mutable":false,"required":false,"type":"string"}';
  return text
    .replace(/occi\.core\.(source|target)\{required\}/g, '$& occi.core.$1.kind{immutable}')
    .replace(
      /"occi\.core\.(source|target)":\{"mutable":true,"required":true,"type":"string"\}/g,
      `$&,"occi.core.$1.kind":${kind}`,
    );
}

function offerFade(text: string, between: string): string {
  const fade = 'http://lab.test/occi/home/dimmer/action#fade';
  return text
    .replace(/(<\S+\?action=)on>; rel="[^"]*"/, `$&${between}$1fade>; rel="${fade}"`)
    .replace(/"actions":\["[^"]*"/, `$&,"${fade}"`);
}

function withHeader(response: Message, name: string, change: (value: string) => string): Message {
  const value = response.headers[name];
  if (value === undefined || change(value) === value) return response;
  return { ...response, headers: { ...response.headers, [name]: change(value) } };
}

function withBody(response: Message, body: string): Message {
  if (body === response.body) return response;
  return withHeader({ ...response, body }, 'content-length', () => String(Buffer.byteLength(body)));
}
