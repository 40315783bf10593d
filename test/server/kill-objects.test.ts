import { afterAll, describe, expect, it } from 'vitest';
import { speaking } from '../http/cdmi/cdmi-lab.ts';
import { type RunningGateway, temporaryDirectory } from './command.ts';
import { killRounds, type Step, type Writer } from './kill-rounds.ts';

/** What is in a container, by paths below it: values, null for containers, and what is not complete yet with a mark. */
type Tree = Readonly<Record<string, string | null>>;

interface Belongings {
  readonly tree: Tree;
  /** By name. */
  readonly snapshots: Readonly<Record<string, Tree>>;
  /** Values of what has no name, by ID. */
  readonly nameless: Readonly<Record<string, string>>;
}

const incomplete = '…';

describe('SIGKILL while objects are made in whatever way', () => {
  const directory = temporaryDirectory();
  const started: RunningGateway[] = [];
  afterAll(async () => {
    // One that a failed assertion has left behind.
    for (const gateway of started) await gateway.stop('SIGKILL');
    directory.remove();
  });

  it('[CDMI-G21] [CDMI-C15] [CDMI-D15] [CDMI-D22] [CDMI-B5] [CDMI-Z3] all of one is there, or nothing of it', {
    timeout: 120_000,
  }, async () => {
    const acknowledged = await killRounds(Array.from({ length: 4 }, writer), {
      directory: directory.path,
      rounds: 4,
      killedAfter: 120,
      onStart: (gateway) => started.push(gateway),
    });
    // Everything that writers do has been done.
    expect([...acknowledged].sort()).toEqual([
      'begin in parts',
      'complete',
      'create',
      'delete',
      'deserialize',
      'multipart create',
      'multipart update',
      'nameless create',
      'nameless delete',
      'replace a snapshot',
      'snapshot',
    ]);
  });
});

const inJson = (kind: string, fields: object) => ({ headers: speaking(kind), body: JSON.stringify(fields) });
/** With a container all that is in it goes. */
const without = <T>(all: Readonly<Record<string, T>>, gone: string): Readonly<Record<string, T>> =>
  Object.fromEntries(
    Object.entries(all).filter(([name]) => name !== gone && !(gone.endsWith('/') && name.startsWith(gone))),
  );

/** A body of two parts that are the value, one behind the other. */
function inParts(one: string, other: string) {
  const version = { 'x-cdmi-specification-version': '1.1.1', accept: 'application/cdmi-object' };
  const part = (type: string, text: string) => `--b\r\nContent-Type: ${type}\r\n\r\n${text}\r\n`;
  const text = 'text/plain;charset=utf-8';
  return {
    headers: { ...version, 'content-type': 'multipart/mixed; boundary=b' },
    body: `${part('application/cdmi-object', '{}')}${part(text, one)}${part(text, other)}--b--\r\n`,
  };
}

function writer(_: unknown, number: number): Writer<Belongings> {
  const root = `w${number}/`;
  const plain = { 'content-type': 'text/plain;charset=utf-8' };
  return {
    begin: { tree: {}, snapshots: {}, nameless: {} },
    setUp: [{ method: 'PUT', path: root }],

    stepAfter(state, at) {
      const { tree, snapshots, nameless } = state;
      const text = `${at}.`.repeat(1 + ((at * 7919) % 30_000));
      const paths = Object.keys(tree).filter((path) => !path.includes('/'));
      const open = paths.find((path) => tree[path]?.startsWith(incomplete));
      const closed = paths.filter((path) => path !== open);
      const one = closed[at % closed.length];
      const make = (does: string, path: string, value: string | null, request: Partial<Step<Belongings>>) => ({
        does,
        method: 'PUT',
        path: root + path,
        headers: plain,
        ...request,
        makes: () => ({ ...state, tree: { ...tree, [path]: value } }),
      });
      switch (at % 9) {
        case 1: {
          const value = `${text.slice(0, 5_000)}second`;
          return make('multipart create', `m${at}`, value, inParts(text.slice(0, 5_000), 'second'));
        }
        case 2:
          if (one === undefined) break;
          return make('multipart update', one, `${text}end`, inParts(text, 'end'));
        case 3: {
          if (open === undefined) {
            const headers = { ...plain, 'x-cdmi-partial': 'true' };
            return make('begin in parts', `p${at}`, incomplete + text, { headers, body: text });
          }
          const before = (tree[open] as string).slice(incomplete.length);
          const headers = { ...plain, 'content-range': `bytes ${before.length}-${before.length + 3}/*` };
          return make('complete', open, `${before}last`, { headers, body: 'last' });
        }
        case 4: {
          const name = `s${at % 2}`;
          const does = name in snapshots ? 'replace a snapshot' : 'snapshot';
          const path = { method: 'PUT', path: root, ...inJson('container', { snapshot: name }) };
          return { does, ...path, makes: () => ({ ...state, snapshots: { ...snapshots, [name]: tree } }) };
        }
        case 5: {
          const post = { method: 'POST', path: 'cdmi_objectid/', ...inJson('object', { value: text }) };
          return {
            does: 'nameless create',
            ...post,
            makes: (answer) =>
              answer === undefined
                ? state
                : { ...state, nameless: { ...nameless, [String(answer['objectID'])]: text } },
          };
        }
        case 6: {
          const [id, more] = Object.keys(nameless);
          if (id === undefined || more === undefined) break;
          return {
            does: 'nameless delete',
            method: 'DELETE',
            path: `cdmi_objectid/${id}`,
            makes: () => ({ ...state, nameless: without(nameless, id) }),
          };
        }
        case 7: {
          const path = `d${at}/`;
          const child = (objectName: string) => ({ objectType: 'application/cdmi-object', objectName, value: text });
          const children = [child('a'), child('b')];
          const json = JSON.stringify({ objectType: 'application/cdmi-container', children });
          return {
            does: 'deserialize',
            method: 'PUT',
            path: root + path,
            ...inJson('container', { deserializevalue: Buffer.from(json).toString('base64') }),
            makes: () => ({ ...state, tree: { ...tree, [path]: null, [`${path}a`]: text, [`${path}b`]: text } }),
          };
        }
        case 8: {
          const container = Object.keys(tree).find((path) => path.endsWith('/'));
          const path = at % 2 === 0 ? container : closed[0];
          if (path === undefined || closed.length < 3) break;
          const makes = () => ({ ...state, tree: without(tree, path) });
          return { does: 'delete', method: 'DELETE', path: root + path, makes };
        }
      }
      return make('create', `o${at}`, text, { body: text });
    },

    async find(url, { nameless }) {
      const listed = await fetch(`${url}${root}?snapshots`, { headers: speaking('container') });
      const { snapshots = [] } = (await listed.json()) as { readonly snapshots?: readonly string[] };
      const found: Record<string, Tree> = {};
      for (const uri of snapshots) {
        const name = uri.split('/').at(-2) as string;
        found[name] = await treeAt(`${url}${root}cdmi_snapshots/${name}/`);
      }
      const values: Record<string, string> = {};
      for (const id of Object.keys(nameless)) {
        const read = await fetch(`${url}cdmi_objectid/${id}`);
        if (read.ok) values[id] = await read.text();
      }
      return { tree: await treeAt(url + root), snapshots: found, nameless: values };
    },
  };
}

async function treeAt(root: string, below = ''): Promise<Tree> {
  const listed = await fetch(`${root}${below}?children`, { headers: speaking('container') });
  const { children } = (await listed.json()) as { readonly children: readonly string[] };
  const tree: Record<string, string | null> = {};
  for (const name of children) {
    const path = below + name;
    if (name.endsWith('/')) {
      tree[path] = null;
      Object.assign(tree, await treeAt(root, path));
      continue;
    }
    const status = await fetch(`${root}${path}?completionStatus`, { headers: speaking('object') });
    const { completionStatus } = (await status.json()) as { readonly completionStatus: string };
    const read = await fetch(root + path);
    expect(read.status, path).toBe(200);
    tree[path] = (completionStatus === 'Complete' ? '' : incomplete) + (await read.text());
  }
  return tree;
}
