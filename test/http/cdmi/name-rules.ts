import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Lab } from '../home-lab.ts';
import { speaking } from './cdmi-lab.ts';

/**
 * What may be a name, whatever the record is kept in.
 *
 * @param start starts a gateway with CDMI; the suite closes it
 */
export function nameRules(store: string, start: () => Promise<Lab>): void {
  describe(`Names in CDMI, kept in ${store}`, () => {
    let lab: Lab;
    beforeAll(async () => {
      lab = await start();
    });
    afterAll(() => lab.close());

    const uri = (...names: readonly string[]) => `/cdmi/${names.map(encodeURIComponent).join('/')}`;
    const text = { 'content-type': 'text/plain' };
    const put = (path: string) => lab.request('PUT', path, { headers: text, body: 'value' });
    const make = (kind: string, path: string, fields: object = {}) =>
      lab.request('PUT', path, { headers: speaking(kind), body: JSON.stringify(fields) });
    const children = async () => {
      const { text } = await lab.request('GET', '/cdmi/?children', { headers: speaking('container') });
      return (JSON.parse(text) as { children: string[] }).children;
    };

    it.each([
      ['255 letters', 'x'.repeat(255)],
      ['255 bytes that no index compresses', randomBytes(200).toString('base64url').slice(0, 255)],
      ['characters beyond the first 65536', '😀'.repeat(63)],
      ['percent signs and pluses', '100%+%2f%00'],
      ['what HTML and SQL are made of', `<i>'";--&\\`],
      ['the names that objects have in JavaScript', '__proto__'],
      ['constructor', 'constructor'],
      ['spaces at its ends', ' a '],
      ['three dots', '...'],
      ['a composed character', '\u00e9'],
      ['the same, decomposed', 'e\u0301'],
      ['a private character', '\ue000'],
      ['direction marks', 'a\u202eb'],
      ['colons and semicolons', 'value:0-1;metadata'],
    ])('[CDMI-G10] may have %s', async (_, name) => {
      const made = await put(uri(name));
      expect(made.status, made.text).toBe(201);
      expect((await lab.request('GET', uri(name))).text).toBe('value');
      const shown = await lab.request('GET', uri(name), { headers: speaking('object') });
      expect(JSON.parse(shown.text)).toMatchObject({ objectName: name, parentURI: '/cdmi/' });
      expect(await children()).toContain(name);
      const copied = await make('object', uri('copy'), { copy: `/cdmi/${name}` });
      // In JSON, what is behind a question mark would be fields.
      expect(copied.status, copied.text).toBe(201);
      for (const one of [name, 'copy']) expect((await lab.request('DELETE', uri(one))).status).toBe(204);
      expect(await children()).not.toContain(name);
    });

    it.each([
      ['more than 255 bytes', 'x'.repeat(256)],
      ['more than 255 bytes in few characters', '😀'.repeat(64)],
      ['4 KB', 'x'.repeat(4096)],
      ['a zero character', 'a\0b'],
      ['line ends', 'a\r\nb'],
      ['other controls', 'a\u007f'],
      ['a slash', 'a/b'],
      ['a question mark', 'a?b'],
      ['the beginning of what is reserved', 'cdmi_mine'],
    ])('[CDMI-G10] cannot have %s', async (_, name) => {
      const before = await children();
      for (const answer of [await put(uri(name)), await make('container', `${uri(name)}/`)]) {
        expect(answer.status, answer.text).toBe(400);
        expect(answer.text.length).toBeLessThan(1000);
      }
      expect(await children()).toEqual(before);
      expect([400, 404]).toContain((await lab.request('GET', uri(name))).status);
      expect([400, 404]).toContain((await lab.request('DELETE', uri(name))).status);
    });

    it.each(['/cdmi/a\ud800', '/cdmi/\udc00/b', '/cdmi/a\0'])(
      '[CDMI-G10] none is looked for that cannot be: %j',
      async (from) => {
        for (const by of ['copy', 'move']) expect((await make('object', '/cdmi/x', { [by]: from })).status).toBe(400);
      },
    );

    it.each(['%ff', '%c0%af', '%ed%a0%80', 'a%00'])('[CDMI-G10] are UTF-8, which %s is not', async (name) => {
      for (const method of ['GET', 'PUT', 'DELETE']) {
        const sent = method === 'PUT' ? { headers: text, body: 'x' } : {};
        expect((await lab.request(method, `/cdmi/${name}`, sent)).status).toBe(400);
      }
    });

    it('[CDMI-C1] are in one another up to 256 deep, also where IDs lead the way', async () => {
      let path = '/cdmi/';
      for (let depth = 1; depth < 256; depth++) {
        path += 'd/';
        const { status, text } = await lab.request('PUT', path);
        expect(status, text).toBe(201);
      }
      const { objectID } = JSON.parse((await lab.request('GET', path, { headers: speaking('container') })).text);
      const byId = `/cdmi/cdmi_objectid/${objectID}/`;
      expect((await put(`${byId}last`)).status).toBe(201);
      expect((await lab.request('GET', `${path}last`)).text).toBe('value');
      expect((await put(`${path}last/more`)).status).toBe(400);
      expect((await lab.request('PUT', `${byId}e/`)).status).toBe(201);
      expect((await put(`${byId}e/more`)).status).toBe(400);
      expect((await lab.request('PUT', `${byId}e/f/`)).status).toBe(400);
      expect((await make('container', `${byId}e/f/`, { copy: '/cdmi/d/' })).status).toBe(400);
      expect((await lab.request('DELETE', '/cdmi/d/')).status).toBe(204);
    }, 30_000);
  });
}
