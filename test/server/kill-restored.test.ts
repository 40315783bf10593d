import { afterAll, describe, expect, it } from 'vitest';
import { speaking } from '../http/cdmi/cdmi-lab.ts';
import { valueFiles } from '../http/cdmi/value-files.ts';
import { until } from '../http/until.ts';
import { type RunningGateway, startGateway, temporaryDirectory } from './command.ts';

const rounds = 3;
/** Answers in a round after which the gateway is killed, at some moment of the next request. */
const killedAfter = 6;

/** Two states that a container goes to and fro between, by what has been written of each. */
const states = ['one', 'two'] as const;
type State = (typeof states)[number];

describe('SIGKILL while something is deserialized onto what is there', () => {
  const directory = temporaryDirectory();
  const started: RunningGateway[] = [];
  afterAll(async () => {
    // One that a failed assertion has left behind.
    for (const gateway of started) await gateway.stop('SIGKILL');
    directory.remove();
  });
  const start = async () => {
    const gateway = await startGateway(directory.path, { OCCI_CDMI: 'on' });
    started.push(gateway);
    return gateway;
  };

  it('[CDMI-Z4] [CDMI-G21] all of it is as it was, or all as it was to be', async () => {
    const first = await start();
    await put(first, 'k/', 'container', {});
    for (const state of states) {
      await fill(first, state);
      await put(first, `${state}.json`, 'object', { serialize: '/cdmi/k/' });
    }
    let now: State = 'two';
    const trees = { one: await serialized(first, 'one.json'), two: await serialized(first, 'two.json') };
    expect(trees.one).not.toEqual(trees.two);
    await first.stop('SIGKILL');
    for (let round = 0; round < rounds; round++) {
      const gateway = await start();
      let next = now;
      for (let done = 0; ; done++) {
        next = now === 'one' ? 'two' : 'one';
        const answer = put(gateway, 'k/', 'container', { deserialize: `/cdmi/${next}.json` });
        // Behind its last answer, a little later each time: while it reads, writes values, or commits.
        if (done === killedAfter) setTimeout(() => gateway.process.kill('SIGKILL'), round * 3);
        try {
          await answer;
        } catch (error) {
          if (done < killedAfter) throw error;
          break;
        }
        now = next;
        if (done === killedAfter) break;
      }
      expect(await gateway.ended).toMatchObject({ signal: 'SIGKILL' });
      const again = await start();
      const found = await treeNow(again, round);
      const is = states.filter((state) => isSame(trees[state], found));
      expect(is).toHaveLength(1);
      expect([now, next]).toContain(is[0]);
      now = is[0] as State;
      await again.stop('SIGKILL');
    }
    const last = await start();
    const listed = await fetch(`${last.url}/cdmi/?children`, { headers: speaking('container') });
    const { children } = (await listed.json()) as { readonly children: readonly string[] };
    for (const name of children) await fetch(`${last.url}/cdmi/${name}`, { method: 'DELETE' });
    await until(
      async () => valueFiles(directory.path),
      (files) => files.length === 0,
    );
    expect((await last.stop()).code).toBe(0);
  }, 120_000);
});

/** Makes it so: objects come, go and change their values. */
async function fill(gateway: RunningGateway, state: State): Promise<void> {
  await put(gateway, 'k/', 'container', { metadata: { state } });
  for (let i = 0; i < 12; i++) {
    await put(gateway, `k/both${i}`, 'object', { value: `${state} ${i} `.repeat(500), metadata: { state } });
    await put(gateway, `k/${state}${i}/`, 'container', {});
    await put(gateway, `k/${state}${i}/o`, 'object', { value: state.repeat(200) });
    if (state === 'two') await fetch(`${gateway.url}/cdmi/k/one${i}/`, { method: 'DELETE' });
  }
}

async function put(gateway: RunningGateway, path: string, kind: string, body: object): Promise<void> {
  const url = `${gateway.url}/cdmi/${path}`;
  const answer = await fetch(url, { method: 'PUT', headers: speaking(kind), body: JSON.stringify(body) });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`PUT ${path}: ${answer.status} ${text}`);
}

async function treeNow(gateway: RunningGateway, round: number): Promise<unknown> {
  await put(gateway, `now${round}.json`, 'object', { serialize: '/cdmi/k/' });
  return serialized(gateway, `now${round}.json`);
}

/** All that is said in it but when. */
async function serialized(gateway: RunningGateway, path: string): Promise<unknown> {
  const text = await (await fetch(`${gateway.url}/cdmi/${path}`)).text();
  return JSON.parse(text, (key, field) => (key === 'cdmi_mtime' || key === 'cdmi_ctime' ? undefined : field));
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
