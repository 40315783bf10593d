import { afterAll, beforeAll, expect, it } from 'vitest';
import { type CdmiLab, speaking, startCdmiLab } from './cdmi-lab.ts';

let lab: CdmiLab;
beforeAll(async () => {
  lab = await startCdmiLab();
});
afterAll(() => lab.close());

const letters = [...'abcdefgh'];
/** What a writer writes: its letter as often as nobody else does. */
const written = (letter: string) => letter.repeat(40_000 + 30_011 * letters.indexOf(letter));
const uri = (name: string) => new URL(name, lab.root);

/** How often each writer writes. */
const times = 15;

it('[CDMI-G21] readers see the values that writers wrote, whole, and each under a tag of its own', {
  timeout: 60_000,
}, async () => {
  const plain = { 'content-type': 'text/plain;charset=utf-8' };
  const send = (method: string, headers: Record<string, string>, body: string) =>
    fetch(uri('one'), { method, headers, body });
  expect((await send('PUT', plain, written('a'))).status).toBe(201);
  const writing = Promise.all(
    letters.map(async (letter, i) => {
      for (let time = 0; time < times; time++) {
        const inJson = JSON.stringify({ value: written(letter) });
        const { status } = await (i % 2 === 0
          ? send('PUT', plain, written(letter))
          : send('PUT', speaking('object'), inJson));
        expect(status).toBe(204);
      }
    }),
  );
  let over = false;
  void writing.finally(() => {
    over = true;
  });
  const tags = new Map<string, string>();
  const seen = new Set<string>();
  const check = (value: string, tag: string | null) => {
    const letter = value[0] ?? '';
    expect(value === written(letter), `${value.length} bytes that begin with ${letter}`).toBe(true);
    seen.add(letter);
    if (tag === null) return;
    expect(tags.get(tag) ?? letter).toBe(letter);
    tags.set(tag, letter);
  };
  const readers: readonly (() => Promise<void>)[] = [
    async () => {
      const response = await fetch(uri('one'));
      check(await response.text(), response.headers.get('etag'));
    },
    async () => {
      const shown = (await (await fetch(uri('one'), { headers: speaking('object') })).json()) as {
        value: string;
        valuerange: string;
        metadata: { cdmi_size: string };
      };
      check(shown.value, null);
      expect([shown.valuerange, shown.metadata.cdmi_size]).toEqual([
        `0-${shown.value.length - 1}`,
        `${shown.value.length}`,
      ]);
    },
    async () => {
      const first = await fetch(uri('one'), { headers: { range: 'bytes=0-9999' } });
      const tag = first.headers.get('etag') as string;
      const begin = await first.text();
      const rest = await fetch(uri('one'), { headers: { range: 'bytes=10000-', 'if-range': tag } });
      const end = await rest.text();
      // It has changed meanwhile, so all of it comes.
      check(rest.status === 206 ? begin + end : end, rest.headers.get('etag'));
    },
    async () => {
      const copy = uri(`copy-${seen.size}`);
      const copied = await fetch(copy, {
        method: 'PUT',
        headers: speaking('object'),
        body: JSON.stringify({ copy: '/cdmi/one' }),
      });
      expect([201, 204]).toContain(copied.status);
      check(await (await fetch(copy)).text(), null);
    },
  ];
  await Promise.all([
    writing,
    ...readers.map(async (read) => {
      do await read();
      while (!over);
    }),
  ]);
  expect(seen.size).toBeGreaterThan(2);
});

it('[CDMI-D13] ranges that are written at once are all there, each as a whole', { timeout: 60_000 }, async () => {
  const part = 5_000;
  await fetch(uri('parts'), { method: 'PUT', body: '' });
  await Promise.all(
    letters.map(async (letter, i) => {
      const range = `bytes ${i * part}-${(i + 1) * part - 1}/*`;
      const body = letter.repeat(part);
      const { status } = await fetch(uri('parts'), { method: 'PUT', headers: { 'content-range': range }, body });
      expect(status).toBe(204);
    }),
  );
  expect(await (await fetch(uri('parts'))).text()).toBe(letters.map((letter) => letter.repeat(part)).join(''));
});
