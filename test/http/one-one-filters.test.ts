import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { base, L1, L2, type Lab, P1, S1, startHomeLab } from './home-lab.ts';
import { type Speaker, speakTo } from './speaker.ts';

const home = 'http://lab.test/occi/home#';
const category = (term: string) => ({ category: `${term}; scheme="${home}"` });
const value = (condition: string) => ({ 'x-occi-attribute': condition });

describe('GFD.185 §3.4: filters', () => {
  let lab: Lab;
  let client: Speaker;
  beforeAll(async () => {
    lab = await startHomeLab();
    client = speakTo(lab);
    await client.json('POST', L2, { mixins: [`${home}dimmer`] });
  });
  afterAll(() => lab.close());

  it.each([
    ['/', category('socket'), [S1]],
    ['/', category('dimmer'), [L2]],
    ['/', category('plug'), [P1]],
    ['/', value('test.lab.watts=40'), [L1]],
    ['/lamp/', value('test.lab.watts=40.0'), [L1]],
    ['/lamp/', value('test.lab.watts="40"'), [L1]],
    ['/lamp/', value('test.lab.colour="red"'), [L2]],
    ['/lamp/', value('occi.core.title="Reading lamp"'), [L1]],
    ['/lamp/', value('test.lab.lit=true'), [L2]],
    ['/lamp/', value('test.lab.lit=false, test.lab.colour="red"'), []],
    ['/lamp/', category('dimmer'), [L2]],
    ['/lamp/', category('lamp'), [L1, L2]],
    ['/lamp/', category('socket'), []],
    ['/dimmer/', category('lamp'), [L2]],
    ['/plug/', value(`occi.core.source="${base}${L1}"`), [P1]],
    ['/plug/', value(`occi.core.target="${S1}"`), [P1]],
  ])(
    'GET %s with %j finds only what matches [H11-3.4-a] [H11-3.4.2-c] [H11-3.4.3-d] [D7]',
    async (path, headers, found) => {
      const urls = found.map((one) => base + one);
      expect((await client.list(path, headers)).toSorted()).toEqual(urls.toSorted());
      const occi = await client.occi('GET', path, headers);
      expect(occi.headers.get('x-occi-location')?.split(', ').toSorted() ?? []).toEqual(urls.toSorted());
    },
  );

  it('takes no attribute without a value, and none that nothing defines [H11-3.4-b]', async () => {
    for (const condition of ['occi.core.title', 'test.lab.watts=', 'test.lab.smell="none"']) {
      expect((await client.occi('GET', '/lamp/', value(condition))).status).toBe(400);
    }
  });

  it('knows the categories it filters by [H11-3.4-b]', async () => {
    expect((await client.occi('GET', '/', category('neon'))).status).toBe(404);
    expect((await client.occi('GET', '/-/', category('neon'))).status).toBe(404);
  });

  it('renders what is found in JSON, too [D7]', async () => {
    const { json } = await client.json('GET', '/lamp/', undefined, value('test.lab.watts=40'));
    expect(json()).toMatchObject({ resources: [{ title: 'Reading lamp' }] });
    expect((json() as { resources: unknown[] }).resources).toHaveLength(1);
  });
});
