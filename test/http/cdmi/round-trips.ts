import fc from 'fast-check';
import { expect } from 'vitest';
import type { Lab } from '../home-lab.ts';
import { speaking } from './cdmi-lab.ts';

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

/**
 * Writes a container down, changes it, and lets it become what was written: whatever has been done meanwhile, it is that
 * then, under the IDs that there were; and to do it again changes nothing.
 *
 * @param numRuns how many times
 */
export async function makeRoundTrips(lab: Lab, numRuns: number): Promise<void> {
  let count = 0;
  const run = async (before: readonly Change[], after: readonly Change[]) => {
    count += 1;
    const trip = new RoundTrip(lab, `run${count}`);
    await trip.begin();
    for (const one of before) await trip.make(one);
    const written = await trip.write();
    for (const one of after) await trip.make(one);
    await trip.back();
    expect(await trip.serialized()).toEqual(written);
    const now = await trip.times();
    await trip.back();
    expect(await trip.times()).toEqual(now);
  };
  const changes = fc.array(change, { maxLength: 15 });
  await fc.assert(fc.asyncProperty(changes, changes, run), { numRuns });
}

/** A container on its way. */
class RoundTrip {
  readonly #lab: Lab;
  readonly #name: string;
  readonly #root: string;

  constructor(lab: Lab, name: string) {
    this.#lab = lab;
    this.#name = name;
    this.#root = `${name}/`;
  }

  async begin(): Promise<void> {
    expect(await this.#put(this.#root, 'container', { metadata: { run: 'yes' } })).toBe(201);
  }

  /** @returns what {@link serialized} says then */
  async write(): Promise<unknown> {
    expect(await this.#put(`${this.#name}.json`, 'object', { serialize: `/cdmi/${this.#root}` })).toBe(201);
    return this.serialized();
  }

  async back(): Promise<void> {
    const answer = await this.#send('PUT', this.#root, 'container', { deserialize: `/cdmi/${this.#name}.json` });
    expect([answer.status, answer.text]).toEqual([204, '']);
  }

  async make(one: Change): Promise<void> {
    const at = this.#root + one.at;
    switch (one.do) {
      case 'put':
        await this.#put(at, 'object', { value: one.value, metadata: { note: one.note }, mine: one.note });
        return;
      case 'bytes':
        await this.#lab.request('PUT', `/cdmi/${at}`, { headers: { 'content-type': 'a/b' }, body: one.value });
        return;
      case 'container':
        await this.#put(`${at}/`, 'container', { metadata: { note: one.note } });
        return;
      case 'queue':
        await this.#put(at, 'queue', {});
        return;
      case 'enqueue':
        await this.#send('POST', at, 'queue', { value: [one.value] });
        return;
      case 'dequeue':
        await this.#send('DELETE', `${at}?value`, 'queue');
        return;
      case 'refer':
        await this.#put(at, 'object', { reference: `/cdmi/${this.#root}${one.to}` });
        return;
      case 'move':
      case 'copy': {
        const from = `/cdmi/${this.#root}${one.from}`;
        await this.#put(at, 'object', { [one.do]: from });
        await this.#put(`${at}/`, 'container', { [one.do]: `${from}/` });
        await this.#put(at, 'queue', { [one.do]: from });
        return;
      }
      case 'delete':
        await this.#send('DELETE', at, 'object');
        await this.#send('DELETE', `${at}/`, 'container');
    }
  }

  /** All that is said of it but when. */
  async serialized(): Promise<unknown> {
    const value = await this.#written();
    return JSON.parse(value, (key, field) => (key === 'cdmi_mtime' || key === 'cdmi_ctime' ? undefined : field));
  }

  /** When all that is in it was changed. */
  async times(): Promise<readonly string[]> {
    return (await this.#written()).match(/"cdmi_mtime":"[^"]*"/g) ?? [];
  }

  async #written(): Promise<string> {
    const look = `look-${this.#name}`;
    expect(await this.#put(look, 'object', { serialize: `/cdmi/${this.#root}` })).toBeLessThan(300);
    return (await this.#lab.request('GET', `/cdmi/${look}`)).text;
  }

  async #put(at: string, kind: string, body: object): Promise<number> {
    return (await this.#send('PUT', at, kind, body)).status;
  }

  #send(method: string, at: string, kind: string, body?: object) {
    return this.#lab.request(method, `/cdmi/${at}`, {
      headers: speaking(kind),
      ...(body && { body: JSON.stringify(body) }),
    });
  }
}
