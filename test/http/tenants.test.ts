import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dialects } from './dialects.ts';
import type { Answer, Lab, Send } from './home-lab.ts';
import { infrastructure, systems } from './infrastructure-lab.ts';
import { type Person, person, startTenantsLab } from './tenants-lab.ts';
import { until } from './until.ts';

const kind = (term: string) => `${infrastructure}#${term}`;
const asJson = { accept: 'application/occi+json', 'content-type': 'application/occi+json' };
const asText = { accept: 'text/plain', 'content-type': 'text/plain' };
const inJson = (value: object): Send => ({ headers: asJson, body: JSON.stringify(value) });
const pathOf = (answer: Answer) => new URL(answer.headers.get('location') as string).pathname;

/** All that a project sees of itself: entities with their revisions, and categories. */
async function stateOf({ request }: Person): Promise<string> {
  const [entities, categories] = await Promise.all(
    ['/', '/-/'].map(async (path) => (await request('GET', path, { headers: asJson })).text),
  );
  return `${entities}\n${categories}`;
}

/** What a person has made: paths, ids, and words that stand nowhere else. */
interface Belongings {
  readonly person: Person;
  readonly machine: string;
  readonly network: string;
  readonly volume: string;
  readonly link: string;
  readonly placed: string;
  readonly tag: { readonly term: string; readonly scheme: string; readonly location: string };
  readonly secrets: readonly string[];
}

async function furnish(who: Person, word: string): Promise<Belongings> {
  const made = async (term: string, more: object) => {
    const answer = await who.request('POST', `/${term}/`, inJson({ kind: kind(term), ...more }));
    expect(answer.status, answer.text).toBe(201);
    return pathOf(answer);
  };
  const tag = { term: `tag-${word}`, scheme: `http://${word}.example/tags#`, location: `/tags/${word}/` };
  const tagged = await who.request('POST', '/-/', inJson({ mixins: [{ ...tag, title: `Tag of ${word}` }] }));
  expect(tagged.status, tagged.text).toBe(200);
  const network = await made('network', {
    title: `network-${word}`,
    attributes: { 'occi.network.label': `label-${word}` },
  });
  const volume = await made('storage', { title: `volume-${word}`, attributes: { 'occi.storage.size': 1 } });
  const machine = await made('compute', {
    title: `machine-${word}`,
    summary: `summary-${word}`,
    mixins: [tag.scheme + tag.term, `${systems}debian-13`],
    attributes: { 'occi.compute.hostname': `host-${word}` },
    links: [{ kind: kind('networkinterface'), target: { location: network } }],
  });
  const link = await made('storagelink', {
    title: `link-${word}`,
    source: { location: machine },
    target: { location: volume },
  });
  const placed = `/mine/${word}/thing`;
  const put = await who.request('PUT', placed, inJson({ kind: kind('network'), title: `placed-${word}` }));
  expect(put.status, put.text).toBe(201);
  const ids = [machine, network, volume, link].map((path) => path.slice(path.lastIndexOf('/') + 1));
  return { person: who, machine, network, volume, link, placed, tag, secrets: [word, ...ids] };
}

/** A request that somebody sends about what is not his. */
interface Attempt {
  readonly method: string;
  readonly path: string;
  readonly send?: Send;
  /** What it says itself comes back in answers without having been found out. */
  readonly says: readonly string[];
}

/** Everything the protocol can be asked about the belongings of others. */
function attempts(mine: Belongings, theirs: Belongings): readonly Attempt[] {
  const { machine, network, volume, link, placed, tag } = theirs;
  const idOf = (path: string) => `urn:uuid:${path.slice(path.lastIndexOf('/') + 1)}`;
  const about = (method: string, path: string, send: Send = { headers: asText }): Attempt => {
    const body = typeof send.body === 'string' ? send.body : '';
    return { method, path, send, says: [path, body, JSON.stringify(send.headers ?? {})] };
  };
  const inDialects = dialects.flatMap((dialect) => [
    ...[machine, network, volume, link, placed].flatMap((path) => [
      about('GET', path, { headers: { accept: dialect.type } }),
      about('POST', path, dialect.entity({ attributes: { 'occi.core.title': 'taken' } })),
      about('DELETE', path, { headers: { accept: dialect.type } }),
    ]),
    about('POST', `${machine}?action=stop`, dialect.action(`${infrastructure}/compute/action#stop`)),
    about('POST', `${machine}?action=save`, dialect.action(`${infrastructure}/compute/action#save`)),
    about('PUT', machine, dialect.entity({ kind: kind('compute') })),
    about('PUT', placed, dialect.entity({ kind: kind('network') })),
    about('POST', mine.tag.location, dialect.members(machine)),
    about('PUT', mine.tag.location, dialect.members(network, machine)),
    about('DELETE', mine.tag.location, dialect.members(machine)),
    about('POST', tag.location, dialect.members(mine.machine)),
    about('PUT', tag.location, dialect.members(mine.machine)),
    about('DELETE', tag.location, { headers: { accept: dialect.type } }),
    about('GET', tag.location, { headers: { accept: dialect.type } }),
    about('DELETE', '/-/', dialect.mixins({ term: tag.term, scheme: tag.scheme })),
    about(
      'POST',
      '/networkinterface/',
      dialect.entity({
        kind: kind('networkinterface'),
        attributes: { 'occi.core.source': mine.machine, 'occi.core.target': network },
      }),
    ),
    about(
      'POST',
      '/storagelink/',
      dialect.entity({
        kind: kind('storagelink'),
        attributes: { 'occi.core.source': machine, 'occi.core.target': mine.volume },
      }),
    ),
    about('POST', mine.link, dialect.entity({ attributes: { 'occi.core.target': volume } })),
    about('POST', '/compute/', dialect.entity({ kind: kind('compute'), mixins: [tag.scheme + tag.term] })),
    about(
      'POST',
      '/network/',
      dialect.entity({ kind: kind('network'), attributes: { 'occi.core.id': idOf(network) } }),
    ),
    about('GET', '/', { headers: { accept: dialect.type } }),
    about('GET', '/compute/', { headers: { accept: dialect.type } }),
    about('GET', '/?page=1&number=1000', { headers: { accept: dialect.type } }),
    about('GET', '/-/', { headers: { accept: dialect.type } }),
  ]);
  return [
    ...inDialects,
    ...['/', '/compute/', '/mine/', placed.slice(0, placed.lastIndexOf('/') + 1), '/tags/', tag.location].flatMap(
      (path) => [
        about('GET', path, { headers: { accept: 'text/uri-list' } }),
        about('HEAD', path),
        about('OPTIONS', path),
      ],
    ),
    about('GET', '/-/', { headers: { ...asText, category: `${tag.term}; scheme="${tag.scheme}"` } }),
    about('HEAD', machine),
    about('OPTIONS', machine),
    about('GET', machine, { headers: { ...asText, 'if-none-match': '*' } }),
    about('DELETE', machine, { headers: { ...asText, 'if-match': '*' } }),
    about('GET', '/compute/', {
      headers: { ...asText, 'x-occi-attribute': `occi.core.title="${theirs.secrets[0]}"` },
    }),
    about('GET', '/compute/', {
      headers: { ...asText, category: `${tag.term}; scheme="${tag.scheme}"; class="mixin"` },
    }),
    about('DELETE', '/mine/'),
    about('POST', '/compute/?action=stop', {
      headers: { ...asText, category: `${tag.term}; scheme="${tag.scheme}"` },
      body: `Category: stop; scheme="${infrastructure}/compute/action#"; class="action"`,
    }),
    about('GET', machine, { headers: { ...asText, 'x-occi-project': theirs.person.project } }),
    about('DELETE', '/compute/', { headers: { ...asText, 'x-occi-project': theirs.person.project } }),
  ];
}

/** What an answer shows that was not in the request. */
function leaks({ headers, text }: Answer, { says }: Attempt, secrets: readonly string[]): readonly string[] {
  const shown = [text, ...[...headers].map(([name, value]) => `${name}: ${value}`)].join('\n');
  return secrets.filter((secret) => shown.includes(secret) && !says.some((one) => one.includes(secret)));
}

async function freshLab() {
  const lab = await startTenantsLab();
  return { lab, [Symbol.asyncDispose]: () => lab.close() };
}

describe('Tenants', () => {
  let lab: Lab;
  beforeEach(async () => {
    lab = await startTenantsLab();
  });
  afterEach(() => lab.close());

  const settled = (who: Person, path: string) =>
    until(
      async () => (await who.request('GET', path, { headers: asText })).text,
      (text) => text.includes('occi.compute.state="active"'),
    );

  it('see nothing of each other, and change nothing of each other, whatever they ask for', {
    timeout: 120_000,
  }, async () => {
    const words = fc.uniqueArray(fc.stringMatching(/^zq[a-z]{8}$/), { minLength: 3, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(words, fc.nat(), async (three, start) => {
        await using world = await freshLab();
        const people = three.map((word) => person(world.lab, `project-${word.toUpperCase()}`));
        const all: Belongings[] = [];
        for (const [index, who] of people.entries()) all.push(await furnish(who, three[index] as string));
        for (const { person: who, machine } of all) await settled(who, machine);
        const mine = all[start % 3] as Belongings;
        for (const theirs of all.filter((one) => one !== mine)) {
          const before = await stateOf(theirs.person);
          for (const attempt of attempts(mine, theirs)) {
            const answer = await mine.person.request(attempt.method, attempt.path, attempt.send);
            const told = `${attempt.method} ${attempt.path} ${JSON.stringify(attempt.send)}: ${answer.status} ${answer.text}`;
            expect(leaks(answer, attempt, theirs.secrets), told).toEqual([]);
            if (!attempt.path.startsWith(theirs.machine) || attempt.method === 'PUT') continue;
            const nowhere = attempt.path.replace(theirs.machine, '/compute/00000000-0000-4000-8000-000000000000');
            const { status } = await mine.person.request(attempt.method, nowhere, attempt.send);
            expect(answer.status, told).toBe(status);
          }
          expect(await stateOf(theirs.person)).toBe(before);
        }
      }),
      { numRuns: 3, endOnFailure: true },
    );
  });

  it('have tags of the same name, each its own', async () => {
    const [one, two] = [person(lab, 'one'), person(lab, 'two')];
    const tag = { term: 'mine', scheme: 'http://example.org/tags#', location: '/mine/' };
    for (const who of [one, two]) {
      expect((await who.request('POST', '/-/', inJson({ mixins: [tag] }))).status).toBe(200);
      const created = await who.request(
        'POST',
        '/network/',
        inJson({ kind: kind('network'), mixins: [tag.scheme + tag.term] }),
      );
      expect(created.status, created.text).toBe(201);
      const members = await who.request('GET', '/mine/', { headers: { accept: 'text/uri-list' } });
      expect(members.text).toBe(created.headers.get('location'));
    }
    expect((await one.request('DELETE', '/-/', inJson({ mixins: [tag] }))).status).toBe(200);
    expect((await one.request('GET', '/mine/', { headers: asText })).status).toBe(404);
    expect((await two.request('GET', '/mine/', { headers: asText })).status).toBe(200);
  });

  it('find what others have taken to be taken, and learn no more', async () => {
    const [one, two] = [person(lab, 'one'), person(lab, 'two')];
    const id = 'urn:uuid:0b0a2c4e-6f1c-4c7b-9a58-1f0a6f6f0a01';
    const network = inJson({ kind: kind('network'), title: 'first', id });
    expect((await one.request('POST', '/network/', network)).status).toBe(201);
    expect((await one.request('PUT', '/a/path', inJson({ kind: kind('network'), title: 'first' }))).status).toBe(201);
    for (const [method, path, send] of [
      ['POST', '/network/', network],
      ['PUT', '/a/path', inJson({ kind: kind('network') })],
    ] as const) {
      const { status, text } = await two.request(method, path, send);
      expect([status, JSON.parse(text)], text).toEqual([409, expect.objectContaining({ code: 'exists' })]);
      expect(text).not.toContain('first');
    }
  });

  it('are looked into by those who run the cloud, who name the project', async () => {
    const [member, admin, reader] = [person(lab, 'one'), person(lab, 'ops', 'admin'), person(lab, 'ops', 'reader')];
    const path = pathOf(await member.request('POST', '/network/', inJson({ kind: kind('network'), title: 'theirs' })));
    expect((await admin.request('GET', path, { headers: asText })).status).toBe(404);
    const across = { headers: { ...asText, 'x-occi-project': 'one' } };
    expect((await admin.request('GET', path, across)).text).toContain('occi.core.title="theirs"');
    expect((await admin.request('GET', '/', across)).text).toContain(path);
    const refused = await reader.request('GET', path, across);
    expect([refused.status, refused.text]).toEqual([403, expect.stringContaining('admin')]);
    expect((await admin.request('GET', path, { headers: { ...asText, 'x-occi-project': ' ' } })).status).toBe(400);
    const made = await admin.request('POST', '/network/', {
      headers: { ...asText, 'x-occi-project': 'one' },
      body: `Category: network; scheme="${infrastructure}#"; class="kind"`,
    });
    expect((await member.request('GET', pathOf(made), { headers: asText })).status).toBe(200);
  });

  it('leave nothing in caches that others ask', async () => {
    const { headers } = await person(lab, 'one').request('GET', '/', { headers: asText });
    expect(headers.get('cache-control')).toBe('private');
  });
});
