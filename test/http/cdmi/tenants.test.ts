import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { exampleEnterprise, newObjectId } from '../../../src/cdmi/object-id.ts';
import type { Answer, Lab, Send } from '../home-lab.ts';
import { type Person, person, startTenantsLab } from '../tenants-lab.ts';
import { speaking } from './cdmi-lab.ts';

const byId = (id: string) => `/cdmi/cdmi_objectid/${id}`;
const inText: Send = { headers: { 'content-type': 'text/plain' }, body: 'overwritten' };
const inCdmi = (kind: string, fields: object = {}): Send => ({ headers: speaking(kind), body: JSON.stringify(fields) });
const asked = (kind: string): Send => ({ headers: speaking(kind) });

/** What a project has in CDMI: names and IDs that stand nowhere else. */
interface Belongings {
  readonly word: string;
  readonly ids: Readonly<Record<'container' | 'object' | 'nameless' | 'reference' | 'queue', string>>;
}

const nobody = (word: string): Belongings => {
  const id = () => newObjectId(exampleEnterprise);
  return { word, ids: { container: id(), object: id(), nameless: id(), reference: id(), queue: id() } };
};

async function furnish({ request }: Person, word: string): Promise<Belongings> {
  const made = async (kind: string, path: string, fields: object = {}) => {
    const answer = await request('PUT', path, inCdmi(kind, fields));
    expect(answer.status, answer.text).toBe(201);
    return (answer.json() as { objectID: string }).objectID;
  };
  const metadata = { owner: word, [`item-${word}`]: word };
  const container = await made('container', `/cdmi/${word}/`, { metadata });
  const object = await made('object', `/cdmi/${word}/o`, {
    value: `value of ${word}`,
    mimetype: `text/x-${word}`,
    metadata,
  });
  // A name that all of them have.
  await made('container', '/cdmi/common/');
  await made('object', '/cdmi/common/o', { value: word });
  const reference = await made('object', `/cdmi/${word}/r`, { reference: `/cdmi/${word}/o` });
  const queue = await made('queue', `/cdmi/${word}/q`, { metadata });
  const queued = await request('POST', `/cdmi/${word}/q`, inCdmi('queue', { value: [word] }));
  expect(queued.status, queued.text).toBeLessThan(300);
  const snapshot = await request('PUT', `/cdmi/${word}/`, inCdmi('container', { snapshot: 's' }));
  expect(snapshot.status, snapshot.text).toBeLessThan(300);
  const posted = await request('POST', '/cdmi/cdmi_objectid/', inCdmi('object', { value: word, metadata }));
  expect(posted.status, posted.text).toBe(201);
  const nameless = (posted.json() as { objectID: string }).objectID;
  return { word, ids: { container, object, nameless, reference, queue } };
}

/** All that a project sees of itself: what is in its tree, what has no name, and how much it is. */
async function stateOf({ request }: Person, { word, ids }: Belongings): Promise<string> {
  const read = async (path: string, kind: string) => (await request('GET', path, asked(kind))).text;
  const texts: string[] = [];
  for (const path of ['/cdmi/', '/cdmi/common/', `/cdmi/${word}/`]) texts.push(await read(path, 'container'));
  for (const path of ['/cdmi/common/o', `/cdmi/${word}/o`, byId(ids.nameless)]) texts.push(await read(path, 'object'));
  texts.push((await request('GET', `/cdmi/${word}/r`)).headers.get('location') ?? '');
  texts.push(await read(`/cdmi/${word}/q`, 'queue'));
  texts.push((await request('GET', '/-/quota')).text);
  return texts.join('\n');
}

/** A request about what is not one's own. */
interface Attempt {
  readonly method: string;
  readonly path: string;
  readonly send?: Send;
}

/** Everything that can be asked about the belongings of somebody. */
function attempts({ word, ids }: Belongings): readonly Attempt[] {
  const about = (method: string, path: string, send?: Send): Attempt => ({ method, path, ...(send && { send }) });
  const containers = [`/cdmi/${word}/`, `${byId(ids.container)}/`];
  const others = [
    `/cdmi/${word}/o`,
    `/cdmi/${word}/r`,
    `/cdmi/${word}/q`,
    `${byId(ids.container)}/o`,
    byId(ids.container),
    byId(ids.object),
    byId(ids.object.toLowerCase()),
    byId(ids.nameless),
    byId(ids.reference),
    byId(ids.queue),
  ];
  const sources = [...containers, ...others].flatMap((path) => [
    path,
    `http://occi.lab.test${path}`,
    path.slice('/cdmi/'.length),
    `${path}?value`,
    `${path}?metadata`,
  ]);
  return [
    ...[...containers, ...others].flatMap((path) => [
      about('GET', path),
      about('HEAD', path),
      about('OPTIONS', path),
      about('GET', path, { headers: { range: 'bytes=0-3' } }),
      about('GET', path, { headers: { 'if-none-match': '*' } }),
      ...['object', 'container', 'queue'].flatMap((kind) => [
        about('GET', path, asked(kind)),
        about('GET', `${path}?objectID;parentURI;metadata;children:0-9;value:0-9;childrenrange`, asked(kind)),
        about('PUT', path, inCdmi(kind, { metadata: { taken: 'yes' } })),
        about('PUT', `${path}?metadata:taken`, inCdmi(kind, { metadata: { taken: 'yes' } })),
        about('POST', path, inCdmi(kind, kind === 'queue' ? { value: ['mine'] } : { value: 'mine' })),
        about('DELETE', path, asked(kind)),
      ]),
      about('GET', path, { headers: { ...speaking('object'), accept: 'multipart/mixed' } }),
      about('PUT', path, inText),
      about('PUT', path, { ...inText, headers: { 'content-type': 'text/plain', 'content-range': 'bytes 0-10/11' } }),
      about('PUT', path, { ...inText, headers: { 'content-type': 'text/plain', 'x-cdmi-partial': 'true' } }),
      about('PUT', path, { ...inText, headers: { 'content-type': 'text/plain', 'if-match': '*' } }),
      about('PUT', `${path}?value:0-1`, inCdmi('object', { value: 'AAA=' })),
      about('POST', path, inText),
      about('DELETE', path),
      about('DELETE', `${path}?value`),
    ]),
    about('PUT', `${containers[0]}new`, inText),
    about('PUT', `${containers[1]}new`, inText),
    about('PUT', containers[1] as string, inCdmi('container', { snapshot: 'mine' })),
    about('GET', `${containers[1]}cdmi_snapshots/`, asked('container')),
    about('GET', `${containers[1]}cdmi_snapshots/s/o`),
    about('PUT', '/cdmi/new', inCdmi('object', { copy: `/cdmi/${word}/cdmi_snapshots/s/o` })),
    about('PUT', `${containers[1]}new/`, inCdmi('container')),
    about('PUT', `${containers[1]}new`, inCdmi('object', { move: '/cdmi/common/o' })),
    ...sources.flatMap((from) => [
      ...['object', 'container', 'queue'].flatMap((kind) =>
        ['copy', 'move', 'serialize', 'deserialize'].map((by) =>
          about('PUT', `/cdmi/new${kind === 'container' ? '/' : ''}`, inCdmi(kind, { [by]: from })),
        ),
      ),
      about('PUT', '/cdmi/new', inCdmi('object', { reference: from })),
      about('PUT', '/cdmi/common/o', inCdmi('object', { copy: from })),
      about('POST', '/cdmi/cdmi_objectid/', inCdmi('object', { copy: from })),
      about('POST', '/cdmi/common/', inCdmi('object', { move: from })),
    ]),
    about('GET', `/cdmi/?children:0-99;metadata:item-${word}`, asked('container')),
  ];
}

/** Takes away what an attempt has made, so that all begin in the same place. */
async function tidy({ request }: Person, { word }: Belongings, answer: Answer): Promise<void> {
  const location = answer.headers.get('location');
  if (location !== null && answer.status === 201) await request('DELETE', new URL(location).pathname);
  for (const path of ['/cdmi/new', '/cdmi/new/', `/cdmi/${word}/`]) await request('DELETE', path);
}

describe('Tenants of CDMI', () => {
  let lab: Lab;
  beforeEach(async () => {
    lab = await startTenantsLab({ cdmi: true });
  });
  afterEach(() => lab.close());

  it('see nothing of each other and change nothing of each other, by path or by ID, in either style', {
    timeout: 120_000,
  }, async () => {
    let run = 0;
    const words = fc.uniqueArray(fc.stringMatching(/^zq[a-z]{10}$/), { minLength: 4, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(words, fc.nat({ max: 2 }), async ([none = '', ...three], start) => {
        run += 1;
        const people = three.map((word) => person(lab, `project-${word.toUpperCase()}-${run}`));
        const all: Belongings[] = [];
        for (const [index, who] of people.entries()) all.push(await furnish(who, three[index] as string));
        const [me, mine] = [people[start] as Person, all[start] as Belongings];
        const theirs = all[(start + 1) % 3] as Belongings;
        const them = people[(start + 1) % 3] as Person;
        const before = await stateOf(them, theirs);
        const nothing = nobody(none);
        const secrets = [theirs.word, theirs.word.toUpperCase(), ...Object.values(theirs.ids)];
        const without = attempts(nothing);
        for (const [index, attempt] of attempts(theirs).entries()) {
          const { method, path, send } = attempt;
          const answer = await me.request(method, path, send);
          await tidy(me, theirs, answer);
          const other = without[index] as Attempt;
          const same = await me.request(other.method, other.path, other.send);
          await tidy(me, nothing, same);
          const told = `${method} ${path} ${JSON.stringify(send)}: ${answer.status} ${answer.text}`;
          expect(answer.status, told).toBe(same.status);
          if (answer.status >= 300) expect(as(theirs, nothing, same.text), told).toBe(answer.text);
          const said = `${path} ${JSON.stringify(send ?? {})}`;
          const shown = [answer.text, ...[...answer.headers].map(([name, value]) => `${name}: ${value}`)].join('\n');
          expect(
            secrets.filter((secret) => shown.includes(secret) && !said.includes(secret)),
            told,
          ).toEqual([]);
        }
        expect(await stateOf(them, theirs)).toBe(before);
        expect((await me.request('GET', `/cdmi/${mine.word}/o`)).text).toBe(`value of ${mine.word}`);
      }),
      { numRuns: 2, endOnFailure: true },
    );
  });

  it('have objects of the same names, each its own', async () => {
    const [one, two] = [person(lab, 'one'), person(lab, 'two')];
    for (const who of [one, two]) {
      expect((await who.request('PUT', '/cdmi/a', { ...inText, body: who.project })).status).toBe(201);
    }
    expect((await one.request('DELETE', '/cdmi/a')).status).toBe(204);
    expect((await two.request('GET', '/cdmi/a')).text).toBe('two');
  });

  it('are looked into by those who run the cloud, who name the project', async () => {
    const [member, admin, reader] = [person(lab, 'one'), person(lab, 'ops', 'admin'), person(lab, 'ops', 'reader')];
    const made = await member.request('PUT', '/cdmi/a', inCdmi('object', { value: 'theirs' }));
    const { objectID } = made.json() as { objectID: string };
    const across = { 'x-occi-project': 'one' };
    for (const path of ['/cdmi/a', byId(objectID)]) {
      expect((await admin.request('GET', path)).status).toBe(404);
      expect((await admin.request('GET', path, { headers: across })).text).toBe('theirs');
      expect((await reader.request('GET', path, { headers: across })).status).toBe(403);
      expect((await member.request('GET', path, { headers: { 'x-occi-project': 'ops' } })).status).toBe(403);
    }
    const put = await admin.request('PUT', '/cdmi/b', { ...inText, headers: { ...inText.headers, ...across } });
    expect(put.status, put.text).toBe(201);
    expect((await member.request('GET', '/cdmi/b')).text).toBe('overwritten');
    expect((await admin.request('GET', '/cdmi/b')).status).toBe(404);
    const copy = inCdmi('object', { copy: byId(objectID) });
    expect((await admin.request('PUT', '/cdmi/c', copy)).status).toBe(400);
    expect((await admin.request('PUT', '/cdmi/c', { ...copy, headers: { ...copy.headers, ...across } })).status).toBe(
      201,
    );
  });
});

/** A text about one's belongings as if it were about another's. */
function as(one: Belongings, other: Belongings, text: string): string {
  const pairs = Object.keys(one.ids).map((kind) => kind as keyof Belongings['ids']);
  const ids = pairs.reduce(
    (all, kind) =>
      all
        .replaceAll(other.ids[kind], one.ids[kind])
        .replaceAll(other.ids[kind].toLowerCase(), one.ids[kind].toLowerCase()),
    text,
  );
  return ids.replaceAll(other.word, one.word);
}
