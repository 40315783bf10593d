import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dialects, everything, read } from './dialects.ts';
import { base, L1, L2, type Lab, S1, startHomeLab } from './home-lab.ts';
import { addFavourite, type Speaker, speakTo } from './speaker.ts';

const home = 'http://lab.test/occi/home#';
const on = 'http://lab.test/occi/home/lamp/action#on';
const off = 'http://lab.test/occi/home/lamp/action#off';
const fade = 'http://lab.test/occi/home/dimmer/action#fade';

let lab: Lab;
let client: Speaker;
beforeEach(async () => {
  lab = await startHomeLab();
  client = speakTo(lab);
  await addFavourite(client);
});
afterEach(() => lab.close());

describe.each(dialects)('GFD.223 §10.3.2 actions on an entity, in $type', ({ action, members }) => {
  it('are carried out, and then others are offered [HTTP-10.3.2-a] [CORE-5.3.5-c] [CORE-5.3.5-e]', async () => {
    expect(await read(lab, L1)).toMatchObject({ actions: [on], attributes: { 'test.lab.state': 'off' } });
    const answer = await client.raw('POST', `${L1}?action=on`, action(on, { ramp: 2 }));
    expect(answer.status, answer.text).toBe(200);
    expect(await read(lab, L1)).toMatchObject({
      actions: [off],
      attributes: { 'test.lab.state': 'on', 'test.lab.lit': true },
    });
  });

  it('do nothing where their goal holds already [CORE-5.3.5-c]', async () => {
    const before = await everything(lab);
    expect((await client.raw('POST', `${L2}?action=on`, action(on))).status).toBe(200);
    expect(await everything(lab)).toBe(before);
  });

  it('of a mixin are there as long as the mixin is [CORE-5.3.4-h] [CORE-5.3.5-e] [CORE-5.3.4-g]', async () => {
    const invoke = async (attributes = {}) =>
      (await client.raw('POST', `${L2}?action=fade`, action(fade, attributes))).status;
    expect(await invoke({ level: 20 })).toBe(400);
    expect((await client.raw('POST', '/dimmer/', members(L2))).status).toBe(200);
    expect((await read(lab, L2))['actions']).toContain(fade);
    expect(await invoke({ level: 20 })).toBe(200);
    expect(await invoke()).toBe(400);
    expect(await invoke({ level: 'low' })).toBe(400);
    expect(await invoke({ level: 20, speed: 3 })).toBe(400);
    expect((await client.raw('DELETE', '/dimmer/', members(L2))).status).toBe(200);
    expect(await invoke({ level: 20 })).toBe(400);
  });

  it.each([
    ['a term that is not that of the category', `${L1}?action=off`, on, 400],
    ['an empty term', `${L1}?action=`, on, 400],
    ['an action of other kinds', `${S1}?action=on`, on, 400],
    ['an action that is none', `${L1}?action=blink`, 'http://lab.test/occi/home/lamp/action#blink', 400],
    ['a kind for an action', `${L1}?action=lamp`, `${home}lamp`, 400],
    ['an entity that is not there', '/lamp/none?action=on', on, 404],
  ])('are refused with %s [HTTP-10.3.2-a] [CORE-5.3.5-c] [X-3]', async (_, path, id, status) => {
    const before = await everything(lab);
    expect((await client.raw('POST', path, action(id))).status).toBe(status);
    expect(await everything(lab)).toBe(before);
  });

  it('may come with other parameters in the query [HTTP-10.3.2-a]', async () => {
    expect((await client.raw('POST', `${L1}?why=dark&action=on`, action(on))).status).toBe(200);
    expect(await read(lab, L1)).toMatchObject({ attributes: { 'test.lab.state': 'on' } });
  });
});

describe.each(dialects)('GFD.223 §11.3.3 actions on a collection, in $type', ({ action, members }) => {
  const states = async () =>
    Promise.all([L1, L2].map(async (path) => (await read(lab, path))['actions'] as readonly string[]));

  it('are carried out on all members, whatever their state [HTTP-11.3.3-a]', async () => {
    const answer = await client.raw('POST', '/lamp/?action=on', action(on));
    expect(answer.status, answer.text).toBe(200);
    expect(await states()).toEqual([[off], [off]]);
    expect((await client.raw('POST', '/desklamp/?action=on', action(on))).status).toBe(200);
  });

  it('are valid where all members have them, and otherwise done to none [CORE-5.3.5-d] [H11-3.6.4-a]', async () => {
    const before = await states();
    await client.raw('POST', '/tag/favourite/', members(L1, S1));
    expect((await client.raw('POST', '/tag/favourite/?action=on', action(on))).status).toBe(400);
    expect(await states()).toEqual(before);
    await client.raw('PUT', '/tag/favourite/', members(L1));
    expect((await client.raw('POST', '/tag/favourite/?action=on', action(on))).status).toBe(200);
    expect(await states()).toEqual([[off], [off]]);
    expect((await client.raw('POST', '/tag/favourite/?action=off', action(off))).status).toBe(200);
    expect(await states()).toEqual([[on], [off]]);
  });

  it('are those of the kind or mixin of the path [HTTP-11.3.3-a] [H11-3.4.3-e]', async () => {
    for (const path of ['/socket/', '/plug/', '/'])
      expect((await client.raw('POST', `${path}?action=on`, action(on))).status).toBe(400);
    expect((await client.raw('POST', '/lamp/?action=off', action(on))).status).toBe(400);
    expect((await client.raw('POST', '/lamp/?action=fade', action(fade, { level: 3 }))).status).toBe(400);
    await client.raw('POST', '/dimmer/', members(L1, L2));
    expect((await client.raw('POST', '/dimmer/?action=fade', action(fade, { level: 3 }))).status).toBe(200);
  });
});

describe('GFD.229 §5.1.1.1 an invocation', () => {
  it('is exactly one category; the complete one of the query interface will do [TEXT-5.1.1.1-a] [HTTP-10.3.2-a]', async () => {
    const one = `Category: on; scheme="${on.slice(0, -2)}"; class="action"`;
    const before = await everything(lab);
    for (const body of ['', `${one}\n${one.replace('on;', 'off;')}`, 'X-OCCI-Attribute: ramp=1'])
      expect((await client.plain('POST', `${L1}?action=on`, body)).status).toBe(400);
    expect(await everything(lab)).toBe(before);
    const { text } = await client.plain('GET', '/-/', undefined, { category: one.slice('Category: '.length) });
    expect(text).toContain('attributes="ramp"');
    expect((await client.plain('POST', `${L1}?action=on`, text)).status).toBe(200);
    expect(await client.list('/lamp/', { 'x-occi-attribute': 'test.lab.lit=true' })).toContain(base + L1);
  });
});
