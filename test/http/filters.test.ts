import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { read, urlsIn } from './dialects.ts';
import { base, L1, L2, type Lab, P1, S1, startHomeLab } from './home-lab.ts';
import { addFavourite, type Speaker, speakTo } from './speaker.ts';

const home = 'http://lab.test/occi/home#';

describe.each(['text/plain', 'text/occi', 'text/uri-list', 'application/occi+json'])(
  'GFD.223 §7.2 filters in the headers, answered in %s',
  (accept) => {
    let lab: Lab;
    let client: Speaker;
    beforeAll(async () => {
      lab = await startHomeLab();
      client = speakTo(lab);
      await addFavourite(client);
      await client.plain('POST', '/tag/favourite/', `X-OCCI-Location: ${L2}\nX-OCCI-Location: ${S1}`);
    });
    afterAll(() => lab.close());

    const find = async (path: string, filter: Readonly<Record<string, string>>) => {
      const answer = await client.raw('GET', path, { headers: { accept, ...filter } });
      expect(answer.status, answer.text).toBe(200);
      if (!accept.endsWith('json')) return urlsIn(answer).map((url) => url.slice(base.length));
      const { resources = [], links = [] } = answer.json() as Record<string, readonly { id: string }[]>;
      const ids = [...resources, ...links].map(({ id }) => id.slice('urn:uuid:'.length));
      return [L1, L2, S1, P1].filter((one) => ids.includes(one.replace(/^.*\//, '')));
    };

    it.each([
      ['/lamp/', 'test.lab.colour="red"', [L2]],
      ['/lamp/', 'test.lab.watts=40.0', [L1]],
      ['/lamp/', 'test.lab.watts=7.5, test.lab.colour="red"', [L2]],
      ['/lamp/', 'test.lab.watts=7.5, test.lab.colour="white"', []],
      ['/lamp/', 'test.lab.state="on"', [L2]],
      ['/lamp/', 'occi.core.title="Hall lamp"', [L2]],
      ['/lamp/', `occi.core.id="urn:uuid:${L1.slice(6)}"`, [L1]],
      ['/lamp/', 'occi.core.title="Hall"', []],
      ['/', 'test.lab.volts=230', [S1]],
      ['/tag/favourite/', 'test.lab.colour="red"', [L2]],
      ['/plug/', `occi.core.target="${base}${S1}"`, [P1]],
      ['/plug/', `occi.core.target="${S1}"`, [P1]],
      ['/plug/', `occi.core.source="${L2}"`, []],
    ])(
      'GET %s with %s finds what matches, all of it and nothing else [HTTP-7.2-a] [HTTP-7.2-b] [HTTP-7-a]',
      async (path, condition, expected) => {
        expect(await find(path, { 'x-occi-attribute': condition })).toEqual(expected);
      },
    );

    it('by mixin is asking the mixin; a category asks for both [HTTP-7.2-c] [CORE-5.3.8-d]', async () => {
      expect(await find('/tag/favourite/', {})).toEqual([L2, S1]);
      const tag = { category: 'favourite; scheme="http://lab.test/occi/tags/anna#"; class="mixin"' };
      expect(await find('/lamp/', tag)).toEqual([L2]);
      expect(await find('/plug/', tag)).toEqual([]);
      expect(await find('/tag/favourite/', { category: `socket; scheme="${home}"` })).toEqual([S1]);
      expect(await find('/lamp/', { category: `lamp; scheme="${home}"; class="kind"` })).toEqual([L1, L2]);
    });

    it('that are none are told, and unknown categories [HTTP-7.1-c] [H11-3.4-b]', async () => {
      const status = async (filter: Readonly<Record<string, string>>) =>
        (await client.raw('GET', '/lamp/', { headers: { accept, ...filter } })).status;
      expect(await status({ 'x-occi-attribute': 'test.lab.colour' })).toBe(400);
      expect(await status({ 'x-occi-attribute': 'test.lab.colour="red' })).toBe(400);
      expect(await status({ category: 'on; scheme="http://lab.test/occi/home/lamp/action#"' })).toBe(400);
      expect(await status({ category: `neon; scheme="${home}"` })).toBe(404);
    });

    it('do not concern single entities [HTTP-7-a]', async () => {
      if (accept === 'text/uri-list') return;
      const answer = await client.raw('GET', L1, { headers: { accept, 'x-occi-attribute': 'test.lab.colour="red"' } });
      expect(answer.status).toBe(200);
      expect(await read(lab, L1)).toMatchObject({ title: 'Reading lamp' });
    });
  },
);
