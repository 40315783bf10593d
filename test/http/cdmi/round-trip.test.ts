import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Lab, startLab } from '../home-lab.ts';
import { speaking } from './cdmi-lab.ts';

let lab: Lab;
beforeAll(async () => {
  lab = await startLab({ cdmi: true });
});
afterAll(() => lab.close());

/** Something that somebody does below a container; what cannot be done there is refused, and does no harm. */
type Change =
  | { readonly do: 'put'; readonly at: string; readonly value: string; readonly note: string }
  | { readonly do: 'bytes'; readonly at: string; readonly value: Uint8Array }
  | { readonly do: 'container'; readonly at: string; readonly note: string }
  | { readonly do: 'queue'; readonly at: string }
  | { readonly do: 'enqueue'; readonly at: string; readonly value: string }
  | { readonly do: 'dequeue'; readonly at: string }
  | { readonly do: 'refer'; readonly at: string; readonly to: string }
  | { readonly do: 'move' | 'copy'; readonly at: string; readonly from: string }
  | { readonly do: 'delete'; readonly at: string };

// Few names, so that they meet.
const name = fc.constantFrom('a', 'b', 'c');
const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((names) => names.join('/'));
const text = fc.constantFrom('', 'one', 'zwei ü', '\u0001"\\\n');

const change: fc.Arbitrary<Change> = fc.oneof(
  fc.record({ do: fc.constant('put' as const), at: path, value: text, note: text }),
  fc.record({ do: fc.constant('bytes' as const), at: path, value: fc.uint8Array({ maxLength: 9 }) }),
  fc.record({ do: fc.constant('container' as const), at: path, note: text }),
  fc.record({ do: fc.constant('queue' as const), at: path }),
  fc.record({ do: fc.constant('enqueue' as const), at: path, value: text }),
  fc.record({ do: fc.constant('dequeue' as const), at: path }),
  fc.record({ do: fc.constant('refer' as const), at: path, to: path }),
  fc.record({ do: fc.constantFrom('move' as const, 'copy' as const), at: path, from: path }),
  fc.record({ do: fc.constant('delete' as const), at: path }),
);

it('[CDMI-Z3] [CDMI-Z4] whatever has been done since, a container becomes what was written, under the IDs that there were', async () => {
  let count = 0;
  const tree = fc.array(change, { maxLength: 15 });
  const run = async (before: readonly Change[], after: readonly Change[]) => {
    count += 1;
    const root = `run${count}/`;
    expect(await put(root, 'container', { metadata: { run: 'yes' } })).toBe(201);
    for (const one of before) await make(root, one);
    expect(await put(`${root.slice(0, -1)}.json`, 'object', { serialize: `/cdmi/${root}` })).toBe(201);
    const written = await serialized(root);
    for (const one of after) await make(root, one);
    const answer = await send('PUT', root, 'container', { deserialize: `/cdmi/run${count}.json` });
    expect([answer.status, answer.text]).toEqual([204, '']);
    expect(await serialized(root)).toEqual(written);
    // It is that already.
    const now = await times(root);
    expect(await put(root, 'container', { deserialize: `/cdmi/run${count}.json` })).toBe(204);
    expect(await times(root)).toEqual(now);
  };
  await fc.assert(fc.asyncProperty(tree, tree, run), { numRuns: 40 });
}, 120_000);

async function make(root: string, one: Change): Promise<void> {
  const at = root + one.at;
  switch (one.do) {
    case 'put':
      await put(at, 'object', { value: one.value, metadata: { note: one.note }, mine: one.note });
      return;
    case 'bytes':
      await lab.request('PUT', `/cdmi/${at}`, { headers: { 'content-type': 'a/b' }, body: one.value });
      return;
    case 'container':
      await put(`${at}/`, 'container', { metadata: { note: one.note } });
      return;
    case 'queue':
      await put(at, 'queue', {});
      return;
    case 'enqueue':
      await send('POST', at, 'queue', { value: [one.value] });
      return;
    case 'dequeue':
      await send('DELETE', `${at}?value`, 'queue');
      return;
    case 'refer':
      await put(at, 'object', { reference: `/cdmi/${root}${one.to}` });
      return;
    case 'move':
    case 'copy':
      await put(at, 'object', { [one.do]: `/cdmi/${root}${one.from}` });
      await put(`${at}/`, 'container', { [one.do]: `/cdmi/${root}${one.from}/` });
      await put(at, 'queue', { [one.do]: `/cdmi/${root}${one.from}` });
      return;
    case 'delete':
      await send('DELETE', at, 'object');
      await send('DELETE', `${at}/`, 'container');
  }
}

/** All that is said of a tree but when. */
async function serialized(root: string): Promise<unknown> {
  const value = await written(root);
  return JSON.parse(value, (key, field) => (key === 'cdmi_mtime' || key === 'cdmi_ctime' ? undefined : field));
}

/** When all of it was changed. */
async function times(root: string): Promise<readonly string[]> {
  return (await written(root)).match(/"cdmi_mtime":"[^"]*"/g) ?? [];
}

async function written(root: string): Promise<string> {
  expect(await put(`look-${root.slice(0, -1)}`, 'object', { serialize: `/cdmi/${root}` })).toBeLessThan(300);
  return (await lab.request('GET', `/cdmi/look-${root.slice(0, -1)}`)).text;
}

function send(method: string, at: string, kind: string, body?: object) {
  return lab.request(method, `/cdmi/${at}`, {
    headers: speaking(kind),
    ...(body && { body: JSON.stringify(body) }),
  });
}

async function put(at: string, kind: string, body: object): Promise<number> {
  return (await send('PUT', at, kind, body)).status;
}
