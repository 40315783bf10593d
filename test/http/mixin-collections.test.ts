import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dialects, everything, read, urlsIn } from './dialects.ts';
import { base, L1, L2, type Lab, P1, S1, startHomeLab } from './home-lab.ts';
import { addFavourite, type Speaker, speakTo } from './speaker.ts';

const tag = 'http://lab.test/occi/tags/anna#favourite';
const unknown = '/lamp/00000000-0000-4000-8000-000000000000';

let lab: Lab;
let client: Speaker;
beforeEach(async () => {
  lab = await startHomeLab();
  client = speakTo(lab);
  await addFavourite(client);
});
afterEach(() => lab.close());

const members = async () => (await client.list('/tag/favourite/')).map((url) => url.slice(base.length)).toSorted();

describe.each(dialects)('GFD.223 §11.2, §11.3.2 members of a mixin, in $type', (dialect) => {
  const send = (method: string, ...paths: readonly string[]) =>
    client.raw(method, '/tag/favourite/', dialect.members(...paths));

  it('are added; the answer is the collection [HTTP-11.3.2-a] [CORE-5.3.4-l]', async () => {
    expect((await send('POST', L1)).status).toBe(200);
    const answer = await send('POST', L2, L1);
    expect(answer.status, answer.text).toBe(200);
    if (dialect.type.startsWith('text/')) expect(urlsIn(answer).toSorted()).toEqual([base + L1, base + L2]);
    else expect(answer.json()).toMatchObject({ resources: [{ mixins: [tag] }, { mixins: [tag] }] });
    expect(await members()).toEqual([L1, L2]);
    expect(await read(lab, L1)).toMatchObject({ mixins: [tag] });
  });

  it('can be of any kind, links too [CORE-5.3-d] [CORE-5.3.8-b] [CORE-5.3.4-k]', async () => {
    expect((await send('POST', L1, S1, P1)).status).toBe(200);
    expect(await members()).toEqual([L1, P1, S1]);
    const shown = (await client.json('GET', '/tag/favourite/')).json() as Record<string, readonly unknown[]>;
    expect([shown['resources']?.length, shown['links']?.length]).toEqual([2, 1]);
    expect(await read(lab, P1)).toMatchObject({ mixins: [tag] });
  });

  it('are replaced: who is not named leaves [HTTP-11.2-a] [CORE-5.3.4-l]', async () => {
    await send('POST', L1, S1);
    const answer = await send('PUT', L2, S1, S1);
    expect(answer.status, answer.text).toBe(200);
    expect(await members()).toEqual([L2, S1]);
    expect(await read(lab, L1)).not.toHaveProperty('mixins');
    expect((await send('PUT')).status).toBe(200);
    expect(await members()).toEqual([]);
  });

  it('stay as they are when one of those named is not here [HTTP-11.3.2-a] [HTTP-11.2-a] [H11-3.6.4-a] [X-3]', async () => {
    await send('POST', L1);
    const before = await everything(lab);
    for (const method of ['POST', 'PUT']) expect((await send(method, L2, unknown)).status).toBe(400);
    expect((await client.raw('POST', '/dimmer/', dialect.members(L1, S1))).status).toBe(400);
    expect(await everything(lab)).toBe(before);
  });

  it('are those of a mixin; kinds do not take any [HTTP-11.2-a] [HTTP-11.3.2-a]', async () => {
    const before = await everything(lab);
    expect((await client.raw('POST', '/lamp/', dialect.members(L1))).status).toBe(400);
    const put = await client.raw('PUT', '/lamp/', dialect.members(L1));
    expect([put.status, put.headers.get('allow')]).toEqual([405, 'GET, HEAD, POST, DELETE, OPTIONS']);
    expect(await everything(lab)).toBe(before);
  });
});
