import { afterAll, describe, expect, it } from 'vitest';
import { type RunningGateway, startGateway, temporaryDirectory } from './command.ts';

const infrastructure = 'http://schemas.ogf.org/occi/infrastructure#';
const actions = 'http://schemas.ogf.org/occi/infrastructure/compute/action#';
const tags = 'http://lab.test/tags#';
const json = { accept: 'application/occi+json', 'content-type': 'application/occi+json' };

interface Described {
  readonly title?: string;
  readonly mixins?: readonly string[];
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly links?: readonly { readonly target: { readonly location: string } }[];
}

/** What has been acknowledged, and therefore has to be there after the process was killed. */
interface Promised {
  readonly machines: Map<
    string,
    { readonly title: string; readonly tag: string; readonly network: string; state: RegExp }
  >;
  readonly networks: Map<string, string>;
  readonly tags: Set<string>;
  readonly deleted: Set<string>;
}

describe('SIGKILL under load', () => {
  const directory = temporaryDirectory();
  const started: RunningGateway[] = [];
  afterAll(async () => {
    // One that a failed assertion has left behind.
    for (const gateway of started) await gateway.stop('SIGKILL');
    directory.remove();
  });

  it('loses nothing that was acknowledged: entities, links, mixins, associations, states [X-3]', async () => {
    const promised: Promised = { machines: new Map(), networks: new Map(), tags: new Set(), deleted: new Set() };
    const start = async () => {
      const settings = { OCCI_FAKE_DELAY_MS: '5', OCCI_RECONCILE_SECONDS: '2' };
      const gateway = await startGateway(directory.path, settings);
      started.push(gateway);
      return gateway;
    };
    for (let round = 1; round <= 3; round++) {
      const gateway = await start();
      const before = promised.machines.size;
      // The process is killed in the middle of what all writers are doing then.
      const enough = () => promised.machines.size >= before + 25;
      const writers = [1, 2, 3, 4, 5].map((writer) => write(gateway, `${round}-${writer}`, promised, enough));
      await Promise.all(writers);
      const again = await start();
      await expectAll(again, promised);
      expect(await again.stop('SIGKILL')).toMatchObject({ signal: 'SIGKILL' });
    }
    expect(promised.machines.size).toBeGreaterThanOrEqual(75);
    expect(promised.deleted.size).toBeGreaterThan(0);
  }, 60_000);
});

/** Makes networks, tags and machines until the process is gone, and notes what has been acknowledged. */
async function write(
  gateway: RunningGateway,
  writer: string,
  promised: Promised,
  enough: () => boolean,
): Promise<void> {
  const send = async (method: string, path: string, value?: object) => {
    const body = value === undefined ? {} : { body: JSON.stringify(value) };
    const response = await fetch(gateway.url + path, { method, headers: json, ...body });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return {
      path: new URL(response.headers.get('location') ?? gateway.url).pathname,
      entity: JSON.parse(text) as Described,
    };
  };
  let gone = false;
  void gateway.ended.then(() => {
    gone = true;
  });
  try {
    for (let number = 1; ; number++) {
      if (enough()) gateway.process.kill('SIGKILL');
      const name = `${writer}-${number}`;
      const { path: network } = await send('POST', '/network/', { kind: `${infrastructure}network`, title: name });
      promised.networks.set(network, name);
      const location = `/tags/t${name}/`;
      await send('POST', '/-/', { mixins: [{ term: `t${name}`, scheme: tags, location }] });
      promised.tags.add(location);
      const { path } = await send('POST', '/compute/', {
        kind: `${infrastructure}compute`,
        title: name,
        mixins: [`${tags}t${name}`],
        links: [{ kind: `${infrastructure}networkinterface`, target: { location: network } }],
      });
      const machine = { title: name, tag: location, network, state: /^active$/ };
      promised.machines.set(path, machine);
      if (number % 3 === 1) {
        // Not expect.poll: it would go on asking when the process is gone.
        while ((await send('GET', path)).entity.attributes['occi.compute.state'] !== 'active');
        // From here on, and whether we hear of it or not, the machine may be stopped.
        promised.machines.set(path, { ...machine, state: /^(?:in)?active$/ });
        await send('POST', `${path}?action=stop`, { action: `${actions}stop` });
        promised.machines.set(path, { ...machine, state: /^inactive$/ });
      }
      if (number % 3 === 2) {
        const { path: other } = await send('POST', '/network/', { kind: `${infrastructure}network` });
        await send('DELETE', other);
        promised.deleted.add(other);
      }
    }
  } catch (error) {
    await gateway.ended;
    if (!gone || !(error instanceof TypeError)) throw error;
  }
}

/** Everything that was promised is there, and states settle. */
async function expectAll(gateway: RunningGateway, promised: Promised): Promise<void> {
  const get = (path: string) => fetch(gateway.url + path, { headers: json });
  for (const [path, title] of promised.networks) expect(await (await get(path)).json()).toMatchObject({ title });
  for (const path of promised.deleted) expect((await get(path)).status).toBe(404);
  for (const path of promised.tags) expect((await get(path)).status).toBe(200);
  for (const [path, { title, tag, network, state }] of promised.machines) {
    const described = async () => (await (await get(path)).json()) as Described;
    const machine = await described();
    expect(machine).toMatchObject({
      title,
      mixins: [tags + tag.slice(6, -1)],
      links: [{ target: { location: network } }],
    });
    const members = (await (await get(tag)).json()) as { readonly resources: readonly Described[] };
    expect(members.resources.map((member) => member.title)).toEqual([title]);
    const stateNow = async () => {
      const { 'occi.compute.state': now, 'occi.compute.state.message': message = '' } = (await described()).attributes;
      return `${now} ${message}`.trim();
    };
    await expect.poll(stateNow, { timeout: 10_000, interval: 10, message: path }).toMatch(state);
  }
}
