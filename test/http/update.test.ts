import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dialects, everything, read } from './dialects.ts';
import { L1, type Lab, P1, S1, startHomeLab } from './home-lab.ts';
import { type Speaker, speakTo } from './speaker.ts';

const home = 'http://lab.test/occi/home#';
const lamp = `${home}lamp`;
const dimmer = `${home}dimmer`;

let lab: Lab;
let client: Speaker;
beforeEach(async () => {
  lab = await startHomeLab();
  client = speakTo(lab);
});
afterEach(() => lab.close());

describe.each(dialects)('GFD.223 §10.3.1 partial update, in $type', ({ type, entity }) => {
  it('changes what is named and answers with all of it [HTTP-10.3.1-a] [CORE-5.2-b] [CORE-5.3-c]', async () => {
    const before = await read(lab, L1);
    const words = { mixins: [dimmer], attributes: { 'occi.core.title': 'Desk', 'test.lab.colour': 'blue' } };
    const answer = await client.raw('POST', L1, entity(words));
    expect(answer.status, answer.text).toBe(200);
    const after = await read(lab, L1);
    expect(after).toMatchObject({
      ...before,
      title: 'Desk',
      mixins: [dimmer],
      actions: expect.arrayContaining(['http://lab.test/occi/home/dimmer/action#fade']),
      attributes: { ...(before['attributes'] as object), 'test.lab.colour': 'blue', 'test.lab.level': 100 },
    });
    const again = await client.raw('GET', L1, { headers: { accept: type } });
    expect([answer.text, answer.headers.get('x-occi-attribute'), answer.headers.get('etag')]).toEqual([
      again.text,
      again.headers.get('x-occi-attribute'),
      again.headers.get('etag'),
    ]);
  });

  it('never takes anything away [HTTP-10.3.1-a]', async () => {
    await client.raw('POST', L1, entity({ mixins: [dimmer], attributes: { 'test.lab.level': 30 } }));
    await client.raw('POST', L1, entity({ kind: lamp, mixins: [`${home}palette`] }));
    expect(await read(lab, L1)).toMatchObject({
      title: 'Reading lamp',
      mixins: [dimmer, `${home}palette`],
      attributes: { 'test.lab.level': 30 },
      links: [{ target: { location: S1 } }],
    });
  });

  it.each([
    ['nothing', {}, 400],
    ['another value of an immutable attribute', { attributes: { 'test.lab.state': 'broken' } }, 403],
    ['another id', { attributes: { 'occi.core.id': 'urn:uuid:00000000-0000-4000-8000-000000000000' } }, 403],
    ['an unknown attribute', { attributes: { 'occi.core.title': 'x', 'test.lab.smell': 'y' } }, 400],
    ['a value of another type', { attributes: { 'occi.core.title': 'x', 'test.lab.watts': 'forty' } }, 400],
    ['a mixin that does not apply and one that does', { mixins: [`${home}palette`, `${home}neon`] }, 400],
    ['another kind', { kind: `${home}socket`, attributes: { 'occi.core.title': 'x' } }, 400],
  ])('is refused with %s, and nothing is changed [CORE-5.2-d] [HTTP-10.3.1-a] [X-3]', async (_, words, status) => {
    const before = await everything(lab);
    const refused = await client.raw('POST', L1, entity(words));
    expect(refused.status, refused.text).toBe(status);
    expect(await everything(lab)).toBe(before);
  });

  it('takes an immutable attribute that keeps its value [CORE-5.2-d]', async () => {
    const words = { attributes: { 'test.lab.state': 'off', 'test.lab.lit': false, 'occi.core.title': 'Same' } };
    expect((await client.raw('POST', L1, entity(words))).status).toBe(200);
    expect(await read(lab, L1)).toMatchObject({ title: 'Same', attributes: { 'test.lab.state': 'off' } });
  });

  it('is for links as well [HTTP-10.3.1-a]', async () => {
    expect((await client.raw('POST', P1, entity({ attributes: { 'test.lab.amps': 5 } }))).status).toBe(200);
    expect(await read(lab, P1)).toMatchObject({ attributes: { 'test.lab.amps': 5 }, source: { location: L1 } });
    expect(await read(lab, L1)).toMatchObject({ links: [{ attributes: { 'test.lab.amps': 5 } }] });
  });
});

describe.each(dialects)('GFD.223 §10.2.2 full update, in $type', ({ entity }) => {
  it('sets what is sent, drops the rest, keeps the links, and does so once [HTTP-10.2-a] [HTTP-10.2.2-a] [HTTP-10.2.2-b] [H11-3.4.4-k]', async () => {
    const rich = { mixins: [dimmer], attributes: { 'occi.core.summary': 'left', 'test.lab.colour': 'blue' } };
    await client.raw('POST', L1, entity(rich));
    const put = () => client.raw('PUT', L1, entity({ kind: lamp, attributes: { 'test.lab.watts': 60 } }));
    expect((await put()).status).toBe(200);
    const after = await read(lab, L1);
    expect(after).toMatchObject({
      kind: lamp,
      id: `urn:uuid:${L1.slice('/lamp/'.length)}`,
      attributes: { 'test.lab.watts': 60, 'test.lab.colour': 'white', 'test.lab.state': 'off', 'test.lab.lit': false },
      links: [{ id: `urn:uuid:${P1.slice('/plug/'.length)}` }],
    });
    for (const gone of ['title', 'summary', 'mixins']) expect(after).not.toHaveProperty(gone);
    expect(after['attributes']).not.toHaveProperty(['test.lab.level']);
    expect((await client.raw('GET', P1)).status).toBe(200);
    expect((await put()).status).toBe(200);
    expect(await read(lab, L1)).toEqual(after);
  });

  it('keeps kind and mixins when it names no category at all [H11-3.4.4-m] [HTTP-10.2.2-b]', async () => {
    await client.raw('POST', L1, entity({ mixins: [dimmer] }));
    const words = { attributes: { 'test.lab.watts': 60, 'test.lab.level': 5 } };
    expect((await client.raw('PUT', L1, entity(words))).status).toBe(200);
    expect(await read(lab, L1)).toMatchObject({ kind: lamp, mixins: [dimmer], attributes: { 'test.lab.level': 5 } });
  });

  it.each([
    ['a required attribute missing', { kind: lamp }, 400],
    ['nothing', {}, 400],
    ['another kind', { kind: `${home}socket` }, 400],
    ['a kind below its own', { kind: `${home}desklamp`, attributes: { 'test.lab.watts': 1 } }, 400],
    [
      'an attribute of a mixin it then has not',
      { kind: lamp, attributes: { 'test.lab.watts': 1, 'test.lab.level': 5 } },
      400,
    ],
    ['another state', { kind: lamp, attributes: { 'test.lab.watts': 1, 'test.lab.state': 'on' } }, 403],
  ])('is refused with %s, and nothing is changed [HTTP-10.2.2-b] [CORE-5.2-d] [X-3]', async (_, words, status) => {
    await client.raw('POST', L1, entity({ mixins: [dimmer] }));
    const before = await everything(lab);
    const refused = await client.raw('PUT', L1, entity(words));
    expect(refused.status, refused.text).toBe(status);
    expect(await everything(lab)).toBe(before);
  });
});
