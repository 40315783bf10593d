import { afterAll, describe, expect, it } from 'vitest';
import { speaking } from '../http/cdmi/cdmi-lab.ts';
import { valueFiles } from '../http/cdmi/value-files.ts';
import { until } from '../http/until.ts';
import { type RunningGateway, startGateway, temporaryDirectory } from './command.ts';

const writers = 6;
const rounds = 4;
const killedAfter = 150;

/** What is in a container, by paths below it: the values of data objects, and null for containers. */
type Tree = ReadonlyMap<string, string | null>;

/** What a writer has been told, and what he asked for last. */
interface Promised {
  readonly root: string;
  now: Tree;
  /** The same as before when that has been answered. */
  next: Tree;
}

/** A request, and what it makes of a tree. */
interface Step {
  readonly does: string;
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly makes: Tree;
}

describe('SIGKILL while CDMI is at work', () => {
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

  it('[CDMI-G21] loses and changes nothing that was acknowledged, shows nothing by half, and leaves nothing behind', async () => {
    const empty: Tree = new Map();
    const promises = Array.from({ length: writers }, (_, i): Promised => ({ root: `w${i}/`, now: empty, next: empty }));
    const first = await start();
    for (const { root } of promises) {
      expect((await fetch(`${first.url}/cdmi/${root}`, { method: 'PUT' })).status).toBe(201);
    }
    await first.stop('SIGKILL');
    const acknowledged = new Set<string>();
    for (let round = 0; round < rounds; round++) {
      const gateway = await start();
      let done = 0;
      const told = (step: Step) => {
        acknowledged.add(step.does);
        done += 1;
        if (done === killedAfter) gateway.process.kill('SIGKILL');
      };
      await Promise.all(promises.map((promised, i) => write(gateway, promised, round * 1_000 + i, told)));
      expect(await gateway.ended).toMatchObject({ signal: 'SIGKILL' });
      const again = await start();
      for (const promised of promises) {
        const found = await treeAt(again, promised.root);
        const isWhole = [promised.now, promised.next].some((tree) => isSame(tree, found));
        expect(
          isWhole,
          `${promised.root}: ${outline(promised.now)} or ${outline(promised.next)}, not ${outline(found)}`,
        ).toBe(true);
        promised.now = found;
        promised.next = found;
      }
      const bytes = promises
        .flatMap(({ now }) => [...now.values()])
        .reduce((sum, value) => sum + (value?.length ?? 0), 0);
      const objects = promises.reduce((sum, { now }) => sum + now.size + 1, 1);
      expect(await used(again)).toEqual({ objects, bytes });
      await again.stop('SIGKILL');
    }
    // Everything that writers do has been done.
    expect(acknowledged.size).toBe(10);
    const last = await start();
    for (const { root } of promises) {
      expect((await fetch(`${last.url}/cdmi/${root}`, { method: 'DELETE' })).status).toBe(204);
    }
    expect(await used(last)).toEqual({ objects: 1, bytes: 0 });
    await until(
      async () => valueFiles(directory.path),
      (files) => files.length === 0,
    );
    expect((await last.stop()).code).toBe(0);
  }, 120_000);
});

/** Writes, copies, moves and deletes until the process is gone. */
async function write(
  gateway: RunningGateway,
  promised: Promised,
  seed: number,
  told: (step: Step) => void,
): Promise<void> {
  let gone = false;
  void gateway.ended.then(() => {
    gone = true;
  });
  try {
    for (let number = 0; ; number++) {
      const step = stepAfter(promised, seed * 1_000 + number);
      promised.next = step.makes;
      const { method, path, headers = {}, body } = step;
      const url = `${gateway.url}/cdmi/${promised.root}${path}`;
      const response = await fetch(url, { method, headers, ...(body !== undefined && { body }) });
      const text = await response.text();
      if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
      promised.now = step.makes;
      told(step);
    }
  } catch (error) {
    await gateway.ended;
    if (!gone || !(error instanceof TypeError)) throw error;
  }
}

/** What comes next; the same for the same number. */
function stepAfter({ root, now }: Promised, number: number): Step {
  const values = [...now].filter(([, value]) => value !== null).map(([path]) => path);
  const containers = [...now].filter(([, value]) => value === null).map(([path]) => path);
  const pick = (paths: readonly string[]) => paths[number % paths.length];
  const [one, container] = [pick(values), pick(containers)];
  const text = `${number}.`.repeat(1 + ((number * 7919) % 30_000));
  const plain = { 'content-type': 'text/plain' };
  const inCdmi = (kind: string, fields: object) => ({ headers: speaking(kind), body: JSON.stringify(fields) });
  switch (number % 9) {
    case 1:
      if (one === undefined) break;
      return {
        does: 'overwrite',
        method: 'PUT',
        path: one,
        headers: plain,
        body: text,
        makes: new Map([...now, [one, text]]),
      };
    case 2: {
      if (one === undefined) break;
      const before = now.get(one) as string;
      const at = Math.floor(before.length / 2);
      const body = text.slice(0, 1_000);
      const after = before.slice(0, at) + body + before.slice(at + body.length);
      const range = { 'content-range': `bytes ${at}-${at + body.length - 1}/*` };
      return {
        does: 'write a range',
        method: 'PUT',
        path: one,
        headers: { ...plain, ...range },
        body,
        makes: new Map([...now, [one, after]]),
      };
    }
    case 3: {
      if (one === undefined) break;
      const makes = new Map([...now, [`copy${number}`, now.get(one) as string]]);
      return {
        does: 'copy',
        method: 'PUT',
        path: `copy${number}`,
        ...inCdmi('object', { copy: `/cdmi/${root}${one}` }),
        makes,
      };
    }
    case 4: {
      if (one === undefined) break;
      const makes = new Map(now);
      makes.delete(one);
      makes.set(`moved${number}`, now.get(one) as string);
      return {
        does: 'move',
        method: 'PUT',
        path: `moved${number}`,
        ...inCdmi('object', { move: `/cdmi/${root}${one}` }),
        makes,
      };
    }
    case 5: {
      if (values.length < 4 || one === undefined) break;
      const makes = new Map(now);
      makes.delete(one);
      return { does: 'delete', method: 'DELETE', path: one, makes };
    }
    case 6:
      return {
        does: 'make a container',
        method: 'PUT',
        path: `c${number}/`,
        makes: new Map([...now, [`c${number}/`, null]]),
      };
    case 7: {
      if (container === undefined) break;
      const path = `${container}in${number}`;
      return {
        does: 'create in it',
        method: 'PUT',
        path,
        headers: plain,
        body: text,
        makes: new Map([...now, [path, text]]),
      };
    }
    case 8: {
      if (container === undefined) break;
      const inside = [...now].filter(([path]) => path.startsWith(container));
      if (containers.length > 3) {
        const makes = new Map([...now].filter(([path]) => !path.startsWith(container)));
        return { does: 'delete a container', method: 'DELETE', path: container, makes };
      }
      const to = `d${number}/`;
      const copies = inside.map(([path, value]): [string, string | null] => [to + path.slice(container.length), value]);
      const copy = inCdmi('container', { copy: `/cdmi/${root}${container}` });
      return { does: 'copy a container', method: 'PUT', path: to, ...copy, makes: new Map([...now, ...copies]) };
    }
  }
  return {
    does: 'create',
    method: 'PUT',
    path: `o${number}`,
    headers: plain,
    body: text,
    makes: new Map([...now, [`o${number}`, text]]),
  };
}

async function treeAt(gateway: RunningGateway, root: string, below = ''): Promise<Tree> {
  const listed = await fetch(`${gateway.url}/cdmi/${root}${below}?children`, { headers: speaking('container') });
  const { children } = (await listed.json()) as { readonly children: readonly string[] };
  const tree = new Map<string, string | null>();
  for (const name of children) {
    const path = below + name;
    if (name.endsWith('/')) {
      tree.set(path, null);
      for (const [inside, value] of await treeAt(gateway, root, path)) tree.set(inside, value);
    } else {
      const read = await fetch(`${gateway.url}/cdmi/${root}${path}`);
      expect(read.status, path).toBe(200);
      tree.set(path, await read.text());
    }
  }
  return tree;
}

async function used(gateway: RunningGateway): Promise<{ readonly objects: number; readonly bytes: number }> {
  const answer = await fetch(`${gateway.url}/-/quota`, { headers: { accept: 'application/json' } });
  const { resources } = (await answer.json()) as { readonly resources: readonly { name: string; used: number }[] };
  const of = (name: string) => resources.find((one) => one.name === name)?.used ?? Number.NaN;
  return { objects: of('cdmi.objects'), bytes: Math.round(of('cdmi.size') * 1_000) };
}

function isSame(one: Tree, other: Tree): boolean {
  return one.size === other.size && [...one].every(([path, value]) => other.get(path) === value);
}

function outline(tree: Tree): string {
  return [...tree].map(([path, value]) => `${path} ${value?.length ?? ''}`).join(', ');
}
