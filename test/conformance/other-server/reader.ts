import type { IncomingMessage } from 'node:http';
import type { Choices } from './choices.ts';
import { type Draft, type Message, Refusal } from './draft.ts';
import { messageOfJson } from './json-requests.ts';
import { sentType, versionsOf } from './negotiation.ts';
import { type Field, fieldsOfBody, messageOf } from './text-requests.ts';

export const wellKnown = '/.well-known/org/ogf/occi/-/';

/** Who reads a request: what it says, and which places it means. */
export class Reader {
  readonly #choices: Choices;
  readonly #request: IncomingMessage;
  readonly #body: string;

  constructor(choices: Choices, request: IncomingMessage, body: string) {
    this.#choices = choices;
    this.#request = request;
    this.#body = body;
  }

  /** The place that is asked for; undefined when it is none of this service. */
  get place(): string | undefined {
    return this.placeOf(unescaped(this.#request.url?.split('?')[0] ?? '/'));
  }

  /** Filters are in header fields, whatever is spoken otherwise. */
  filter(): Draft {
    const fields = fieldsOfRequest(this.#request).filter(([name]) => name !== 'link' && name !== 'x-occi-location');
    return messageOf(fields).drafts[0] ?? { categories: [], given: new Map(), links: [] };
  }

  /** What the request says. @throws Refusal */
  message(): Message {
    switch (sentType(this.#choices, this.#request)) {
      case 'application/occi+json':
        return this.#body.trim() === '' ? nothing : messageOfJson(this.#body);
      case 'text/occi':
        return messageOf(fieldsOfRequest(this.#request));
      case 'text/uri-list':
        return { ...nothing, references: this.#body.split(/[\r\n]+/).filter((line) => line !== '' && line[0] !== '#') };
      default:
        return messageOf(fieldsOfBody(this.#body));
    }
  }

  /** The one entity that the request describes. @throws Refusal */
  one(): Draft {
    const { drafts } = this.message();
    const [draft] = drafts;
    if (draft === undefined || drafts.length > 1) throw new Refusal(400, 'one entity is meant');
    return this.localised(draft);
  }

  /** The same with places for URLs. @throws Refusal */
  localised(draft: Draft): Draft {
    const given = new Map(draft.given);
    for (const name of ['occi.core.source', 'occi.core.target']) {
      const value = given.get(name);
      if (value === undefined) continue;
      if (typeof value !== 'string') throw new Refusal(400, `${name} is a URL`);
      const place = this.local(value);
      const isOld = !this.#choices.versions.includes('1.2') || versionsOf(this.#request).every((one) => one < 1002);
      if (!place.startsWith('/') && isOld) throw new Refusal(400, `${value} is not of this service`);
      given.set(name, place);
    }
    const links = draft.links
      .filter(({ target }) => !target.includes('?action='))
      .map(({ target, self, ...link }) => ({
        ...link,
        target: this.local(target),
        ...(self === undefined ? {} : { self: this.local(self) }),
      }));
    return { ...draft, given, links };
  }

  /** The place that a reference means; what is elsewhere stays as it is. */
  local(reference: string): string {
    const own = `http://${this.#request.headers.host}`;
    const path = reference.startsWith(`${own}/`) ? reference.slice(own.length) : reference;
    return path.startsWith('/') ? (this.placeOf(unescaped(path)) ?? own + path) : path;
  }

  /** The place that a location means, when it is one of this service. */
  below(location: string | undefined): string | undefined {
    const place = location === undefined ? undefined : this.local(location);
    return place?.startsWith('/') === true ? place : undefined;
  }

  /** A path without the prefix; undefined when it is not below it. */
  placeOf(path: string): string | undefined {
    const { prefix, hasWellKnownPath } = this.#choices;
    if (path === wellKnown && hasWellKnownPath) return wellKnown;
    return path.startsWith(`${prefix}/`) ? path.slice(prefix.length) : undefined;
  }
}

const nothing: Message = { drafts: [], references: [], mixins: [] };

function unescaped(path: string): string {
  return path.replace(/%([0-9A-Fa-f]{2})/g, (whole, code: string) => {
    const character = String.fromCharCode(Number.parseInt(code, 16));
    return /[A-Za-z0-9\-._~]/.test(character) ? character : whole.toUpperCase();
  });
}

/** Header fields of OCCI, whose bytes are UTF-8. */
function fieldsOfRequest({ rawHeaders }: IncomingMessage): readonly Field[] {
  const fields: Field[] = [];
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = (rawHeaders[at] as string).toLowerCase();
    const value = Buffer.from(rawHeaders[at + 1] as string, 'latin1').toString('utf8');
    if (['category', 'link', 'x-occi-attribute', 'x-occi-location'].includes(name)) fields.push([name, value]);
  }
  return fields;
}

/** @throws Refusal when it is no UTF-8 */
export async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
  } catch {
    throw new Refusal(400, 'this is no UTF-8');
  }
}
