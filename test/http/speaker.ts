import { expect } from 'vitest';
import { expectHeaders, expectPlain } from './grammar.ts';
import type { Answer, Lab, Send } from './home-lab.ts';

/** A client that speaks one rendering at a time, and checks of every answer what holds for all of them. */
export interface Speaker {
  /** A request as it is given. */
  raw(method: string, path: string, send?: Send): Promise<Answer>;
  /** Lines of text/plain, both ways. */
  plain(method: string, path: string, lines?: string, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  /** Headers of text/occi, both ways. */
  occi(method: string, path: string, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  /** JSON, both ways. */
  json(method: string, path: string, value?: unknown, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  /** The URLs of a collection. */
  list(path: string, headers?: Readonly<Record<string, string>>): Promise<readonly string[]>;
}

/** Speaks to a gateway. */
export function speakTo(lab: Lab): Speaker {
  const raw = async (method: string, path: string, send?: Send) => {
    const answer = await lab.request(method, path, send);
    expectGeneral(answer, method);
    return answer;
  };
  return {
    raw,
    plain(method, path, lines, headers = {}) {
      const carried = lines === undefined ? {} : { 'content-type': 'text/plain' };
      return raw(method, path, {
        headers: { accept: 'text/plain', ...carried, ...headers },
        ...(lines === undefined ? {} : { body: lines }),
      });
    },
    occi(method, path, headers = {}) {
      return raw(method, path, { headers: { accept: 'text/occi', 'content-type': 'text/occi', ...headers } });
    },
    json(method, path, value, headers = {}) {
      const carried = value === undefined ? {} : { 'content-type': 'application/occi+json' };
      return raw(method, path, {
        headers: { accept: 'application/occi+json', ...carried, ...headers },
        ...(value === undefined ? {} : { body: JSON.stringify(value) }),
      });
    },
    async list(path, headers = {}) {
      const { status, text } = await raw('GET', path, { headers: { accept: 'text/uri-list', ...headers } });
      expect(status, text).toBe(200);
      return text === '' ? [] : text.split('\n');
    },
  };
}

/** What holds for every response (GFD.223 §5; the generic checks of the requirement catalogue). */
function expectGeneral(answer: Answer, method: string): void {
  const { status, headers, text } = answer;
  expect(headers.get('server')).toMatch(/OCCI\/1\.2.*OCCI\/1\.1/);
  const type = headers.get('content-type');
  expect(type).not.toBeNull();
  expect(status).not.toBe(204);
  if (method === 'HEAD') expect(text).toBe('');
  if (status >= 400) {
    for (const field of ['category', 'link', 'x-occi-attribute', 'x-occi-location'])
      expect(headers.has(field)).toBe(false);
    expect(text).not.toMatch(/^(?:Category|Link|X-OCCI-)/);
    expect(text).not.toBe('OK');
    return;
  }
  if (method === 'HEAD' || method === 'OPTIONS') return;
  if (type === 'text/occi') expectHeaders(answer);
  if (type?.startsWith('text/plain') && text !== 'OK' && !/^(?:alive|ready)$/.test(text)) expectPlain(text);
  if (type === 'text/uri-list' && text !== '') {
    for (const line of text.split('\n')) expect(new URL(line).href).toBe(line);
  }
  const location = headers.get('location');
  if (location !== null) expect(location).toMatch(/^https?:\/\/[^/]+\//);
}

/** The value of an attribute in an entity in text/plain, as it stands there. */
export function attribute(text: string, name: string): string | undefined {
  return new RegExp(`^X-OCCI-Attribute: ${name.replaceAll('.', '\\.')}=(.*)$`, 'm').exec(text)?.[1];
}

/** The path of an absolute URL. */
export function pathOf(url: string | null | undefined): string {
  expect(url).toBeTruthy();
  return new URL(url as string).pathname;
}

/** Adds the user mixin `http://lab.test/occi/tags/anna#favourite`, whose collection is `/tag/favourite/`. */
export async function addFavourite(client: Speaker): Promise<void> {
  const favourite = { term: 'favourite', scheme: 'http://lab.test/occi/tags/anna#', location: '/tag/favourite/' };
  const added = await client.json('POST', '/-/', { mixins: [favourite] });
  expect(added.status, added.text).toBe(200);
}
