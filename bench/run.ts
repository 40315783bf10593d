/**
 * `npm run bench`: what the gateway costs, as ratios against a bare node:http server that sends the same bytes, in the
 * same run. Both take turns for several rounds, and medians count. `-- --quick` makes the rounds fewer; names of
 * parts, `-- entities collections`, leave out the others. `-- large` sends 4 GiB, which is done only when it is asked for.
 */
import { once } from 'node:events';
import { get as httpGet } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { occiJson } from '../src/renderers/occi-json.ts';
import { textPlain } from '../src/renderers/text-plain.ts';
import { agents } from './agents.ts';
import { cdmi } from './cdmi.ts';
import { knownToken, startKeystone } from './keystone.ts';
import { large } from './large.ts';
import { type Load, load, request, type Turn } from './load.ts';
import { mostMemory } from './memory-watch.ts';
import {
  type BareServer,
  type BenchedGateway,
  residentMemory,
  type Server,
  startBare,
  startGateway,
} from './servers.ts';

const parts = [
  'entities',
  'authentication',
  'actions',
  'scanner',
  'creation',
  'collections',
  'agents',
  'cdmi',
  'large',
] as const;
/** What takes a minute and gigabytes of the disk has to be asked for. */
const onRequest: readonly string[] = ['large'];
const { values, positionals } = parseArgs({ options: { quick: { type: 'boolean' } }, allowPositionals: true });
const quick = values.quick === true;
const wanted = (part: (typeof parts)[number]) =>
  positionals.length === 0 ? !onRequest.includes(part) : positionals.includes(part);
const unknown = positionals.filter((name) => !parts.some((part) => part === name));
if (unknown.length > 0) throw new Error(`there is no part ${unknown.join(', ')}, only ${parts.join(', ')}`);

const rounds = quick ? 5 : 15;
const roundMs = quick ? 400 : 700;
const usual: Effort = { width: 32, rounds, roundMs };
/** More and shorter rounds, for what is close to its bar. */
const close = { rounds: 3 * rounds, roundMs: roundMs / 2 };
const scheme = 'http://bench.test/occi/bench#';
const infrastructure = 'http://schemas.ogf.org/occi/infrastructure#';
const jsonType = { 'Content-Type': 'application/occi+json' };

interface Row {
  readonly name: string;
  readonly bare: string;
  readonly gateway: string;
  readonly ratio: string;
  readonly bar: string;
  readonly met: boolean | undefined;
}
const rows: Row[] = [];

const bare = await startBare();
const gateway = await startGateway();
try {
  if (wanted('entities')) await entities(bare, gateway);
  if (wanted('authentication')) await authentication();
  if (wanted('actions')) await actions(gateway);
  if (wanted('scanner')) scanner();
  if (wanted('creation')) await creation();
  if (wanted('collections')) await collections(bare, gateway);
} finally {
  await gateway.stop();
  await bare.stop();
}
if (wanted('agents')) await overRabbitMq();
if (wanted('cdmi')) await objects();
if (wanted('large')) await largeValue();
print();

/** GET of one entity in every rendering. */
async function entities(bare: BareServer, gateway: Server): Promise<void> {
  const attributes = Object.fromEntries(
    Array.from({ length: 20 }, (_, i) => {
      const name = `test.bench.wide${String(i + 1).padStart(2, '0')}`;
      return [name, i % 2 === 0 ? `value number ${i}` : i * 1.5];
    }),
  );
  const location = await create(gateway, '/wide/', { kind: `${scheme}wide`, title: 'Wide', attributes });
  for (const type of ['text/plain', 'application/occi+json', 'text/occi']) {
    const answer = await fetch(`http://127.0.0.1:${gateway.port}${location}`, { headers: { accept: type } });
    const path = `/prepared/${type}`;
    await bare.prepare(path, { headers: ownHeaders(answer), body: await answer.text() });
    const fields = { Accept: type, 'User-Agent': 'bench OCCI/1.2' };
    const theirs = request('GET', path, fields);
    const ours = request('GET', location, fields);
    await compare(
      `GET entity, 20 attributes, ${type}`,
      0.65,
      () => theirs,
      () => ours,
      close,
    );
  }
  const fields = Object.entries(attributes).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  const update = request('POST', location, {
    Accept: 'text/occi',
    'Content-Type': 'text/occi',
    'X-OCCI-Attribute': fields.join(', '),
  });
  await compare(
    'update, 20 attributes in text/occi, nothing new',
    undefined,
    () => request('POST', '/'),
    () => update,
  );
}

/** The headers of an answer but for those that Node adds to any. */
function ownHeaders({ headers }: Response): Record<string, string> {
  const added = ['connection', 'keep-alive', 'date', 'content-length', 'transfer-encoding'];
  return Object.fromEntries([...headers].filter(([name]) => !added.includes(name)));
}

/** GET of the same entity by somebody whose token is known already, and by anybody. */
async function authentication(): Promise<void> {
  const keystone = await startKeystone('default');
  const settings = { OCCI_AUTH: 'keystone', OCCI_KEYSTONE_URL: keystone.url, OCCI_KEYSTONE_VALIDATE_WITH: 'client' };
  // Both have just started: one that has answered millions of requests is faster.
  const [free, guarded] = [await startGateway(), await startGateway(settings)];
  try {
    const token = { 'X-Auth-Token': knownToken };
    const entity = { kind: `${scheme}item`, title: 'Item', attributes: { 'test.bench.text1': 'one' } };
    const [open, closed] = [await create(free, '/item/', entity), await create(guarded, '/item/', entity, token)];
    const theirs = request('GET', open, { Accept: 'text/plain' });
    const ours = request('GET', closed, { Accept: 'text/plain', ...token });
    await compare(
      'GET entity, by a known token of Keystone, against no authentication',
      0.87,
      () => theirs,
      () => ours,
      { ...close, theirs: free, ours: guarded },
    );
  } finally {
    await guarded.stop();
    await free.stop();
    keystone.stop();
  }
}

/** An action on machines that run, each a command to the agent and two changes of state. */
async function actions(gateway: Server): Promise<void> {
  const machines: string[] = [];
  for (let i = 0; i < 2_048; i++)
    machines.push(await create(gateway, '/compute/', { kind: `${infrastructure}compute` }));
  await delay(500);
  const body = JSON.stringify({ action: `${infrastructure.replace('#', '/compute/action#')}restart` });
  const turns = machines.map((location) => request('POST', `${location}?action=restart`, jsonType, body));
  const theirs = request('POST', '/durable', jsonType, body);
  await compare(
    'action on a machine, durable',
    undefined,
    () => theirs,
    (i) => turns[i % turns.length] as Buffer,
    { width: 8 },
  );
}

/** Creation, answered when it is on disk. */
async function creation(): Promise<void> {
  const record = JSON.stringify({
    kind: `${scheme}item`,
    title: 'An item',
    attributes: { 'test.bench.text1': 'one', 'test.bench.number1': 1, 'test.bench.flag': true },
  });
  const machine = JSON.stringify({
    kind: `${infrastructure}compute`,
    title: 'A machine',
    attributes: { 'occi.compute.cores': 2 },
  });
  const accept = { ...jsonType, Accept: 'text/plain' };
  const sample = await fetch(`http://127.0.0.1:${gateway.port}/item/`, {
    method: 'POST',
    headers: accept,
    body: record,
  });
  const headers = ownHeaders(sample);
  const at = (headers['location'] ?? '').replace(/[^/]*$/, '');
  for (const path of ['/durable', '/']) await bare.creation(path, headers, at);
  const durable = request('POST', '/durable', accept, record);
  const plain = request('POST', '/', accept, record);
  const item = request('POST', '/item/', accept, record);
  const compute = request('POST', '/compute/', accept, machine);
  await compare(
    'POST create a record, against durable bare',
    0.4,
    () => durable,
    () => item,
    // Disks are less steady than processors.
    { rounds: 3 * rounds },
  );
  await compare(
    'POST create a record, against bare that forgets',
    undefined,
    () => plain,
    () => item,
  );
  await compare(
    'POST create a machine, against durable bare',
    undefined,
    () => durable,
    () => compute,
  );
}

/** Whole collections. */
async function collections(bare: BareServer, gateway: BenchedGateway): Promise<void> {
  const kinds = quick ? { few: 100, many: 10_000 } : { few: 100, many: 10_000, most: 100_000 };
  for (const [term, size] of Object.entries(kinds)) {
    for (let made = 0; made < size; made += Math.min(1000, size)) {
      const resources = Array.from({ length: Math.min(1000, size) }, (_, i) => ({
        kind: scheme + term,
        title: `Item ${made + i}`,
        attributes: {
          'test.bench.text1': 'some text that is not very long',
          'test.bench.text2': 'more',
          'test.bench.number1': i,
          'test.bench.number2': i / 7,
          'test.bench.flag': i % 2 === 0,
        },
      }));
      const answer = await fetch(`http://127.0.0.1:${gateway.port}/${term}/`, {
        method: 'POST',
        headers: { ...jsonType, accept: 'text/plain' },
        body: JSON.stringify({ resources }),
      });
      if (!answer.ok) throw new Error(await answer.text());
      await answer.arrayBuffer();
    }
    const all = (await (
      await fetch(`http://127.0.0.1:${gateway.port}/${term}/`, { headers: { accept: 'application/occi+json' } })
    ).json()) as { resources: unknown[] };
    await bare.collection(`/${term}/`, all.resources);
    for (const type of ['application/occi+json', 'text/plain', 'text/uri-list']) {
      await compareCollection(bare, gateway, `/${term}/`, size, type);
    }
  }
}

async function compareCollection(bare: Server, gateway: BenchedGateway, path: string, size: number, type: string) {
  const ratios: number[] = [];
  const theirs: number[] = [];
  const ours: number[] = [];
  const memory: number[] = [];
  const lates: number[] = [];
  const waits: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const bareMs = (await fetchWhole(bare, path, 'application/occi+json')).ms;
    const { ms } = await fetchWhole(gateway, path, type);
    theirs.push(bareMs);
    ours.push(ms);
    ratios.push(ms / bareMs);
    if (size === 100) continue;
    // Who watches takes time of his own, so this one does not count for it.
    await gateway.lateness();
    const watched = await fetchWhole(gateway, path, type, true);
    lates.push(await gateway.lateness());
    memory.push(watched.memory);
    waits.push(watched.wait);
  }
  const ratio = median(ratios);
  const [late, wait, grown] = [lates, waits, memory].map((all) => Math.round(Math.max(...all)));
  const bars = [
    ...(size === 10_000 && type === 'application/occi+json' ? [{ bar: '≤ 3 × time', met: ratio <= 3 }] : []),
    ...(size > 100 ? [{ bar: 'loop < 50 ms', met: Number(late) < 50 }] : []),
  ];
  rows.push({
    name: `GET collection of ${size.toLocaleString('en')}, ${type}`,
    bare: `${median(theirs).toFixed(1)} ms (JSON)`,
    gateway: `${median(ours).toFixed(1)} ms${size > 100 ? `, +${grown} MB, loop ≤ ${late} ms, others ≤ ${wait} ms` : ''}`,
    ratio: `${ratio.toFixed(2)} × time`,
    bar: bars.map(({ bar }) => bar).join(', '),
    met: bars.length === 0 ? undefined : bars.every(({ met }) => met),
  });
}

/** Reads a whole collection, while watching memory and how long others have to wait. */
async function fetchWhole(server: Server, path: string, accept: string, watch = false) {
  const base = residentMemory(server.pid);
  let memory = 0;
  const watcher = watch ? new Worker(new URL('watcher.ts', import.meta.url), { workerData: server.port }) : undefined;
  if (watcher !== undefined) await once(watcher, 'message');
  const sampling = setInterval(() => {
    memory = Math.max(memory, residentMemory(server.pid) - base);
  }, 5);
  const begun = performance.now();
  await new Promise<void>((resolve, reject) => {
    httpGet({ port: server.port, path, headers: { accept } }, (response) => {
      response.on('data', () => undefined);
      response.on('end', resolve);
    }).on('error', reject);
  });
  const ms = performance.now() - begun;
  clearInterval(sampling);
  let wait = 0;
  if (watcher !== undefined) {
    watcher.postMessage('stop');
    [wait] = (await once(watcher, 'message')) as [number];
  }
  return { ms, memory, wait };
}

/** The whole way to agents. */
async function overRabbitMq(): Promise<void> {
  for (const { name, bare, gateway, ratio, bar } of await agents(rounds, roundMs)) {
    const isLatency = name.endsWith(' 1 at a time');
    rows.push({
      name,
      bare,
      gateway,
      ratio: isLatency ? `${ratio.toFixed(2)} × time` : ratio.toFixed(2),
      bar: bar === undefined ? '' : isLatency ? `≤ ${bar} × time` : `≥ ${bar}`,
      met: bar === undefined ? undefined : isLatency ? ratio <= bar : ratio >= bar,
    });
  }
}

/** Values of CDMI, and listings of its containers. */
async function objects(): Promise<void> {
  for (const row of await cdmi({ rounds, roundMs, children: quick ? 10_000 : 100_000 })) {
    const { name, bare, gateway, ratio, bar, memory } = row;
    const bars = [
      ...(bar === undefined ? [] : [{ bar: `≥ ${bar}`, met: ratio >= bar }]),
      ...(memory === undefined ? [] : [{ bar: `+${mostMemory} MB at most`, met: memory <= mostMemory }]),
    ];
    rows.push({
      name,
      bare,
      gateway,
      ratio: ratio.toFixed(2),
      bar: bars.map((one) => one.bar).join(', '),
      met: bars.length === 0 ? undefined : bars.every((one) => one.met),
    });
  }
}

/** 4 GiB in plain HTTP, and what memory that takes. */
async function largeValue(): Promise<void> {
  for (const { name, gateway, memory } of await large()) {
    rows.push({
      name,
      bare: '',
      gateway,
      ratio: '',
      bar: `+${mostMemory} MB at most`,
      met: memory <= mostMemory,
    });
  }
}

/** The text grammar against JSON.parse of the same content. */
function scanner(): void {
  const attributes = Array.from({ length: 10 }, (_, i) => [
    `test.bench.name${i}`,
    i % 2 === 0 ? `value, number; ${i}` : i * 1.5,
  ]);
  const text = [
    `Category: compute; scheme="${infrastructure}"; class="kind"`,
    'Category: debian; scheme="http://localhost/occi/infrastructure/os_tpl#"; class="mixin"',
    'Category: small; scheme="http://localhost/occi/infrastructure/resource_tpl#"; class="mixin"',
    ...attributes.map(([name, value]) => `X-OCCI-Attribute: ${name}=${JSON.stringify(value)}`),
  ].join('\n');
  const json = JSON.stringify({
    kind: `${infrastructure}compute`,
    mixins: [
      'http://localhost/occi/infrastructure/os_tpl#debian',
      'http://localhost/occi/infrastructure/resource_tpl#small',
    ],
    attributes: Object.fromEntries(attributes),
  });
  const textBytes = Buffer.from(text);
  const jsonBytes = Buffer.from(json);
  const none = () => undefined;
  const time = (work: () => unknown) => {
    const times = Array.from({ length: rounds }, () => {
      const begun = performance.now();
      for (let i = 0; i < 20_000; i++) work();
      return (performance.now() - begun) / 20;
    });
    return median(times);
  };
  const parse = time(() => JSON.parse(jsonBytes.toString('utf8')));
  const measures = [
    ['read text/plain, 3 categories and 10 attributes', time(() => textPlain.parse({ header: none, body: textBytes }))],
    ['read application/occi+json, the same content', time(() => occiJson.parse({ header: none, body: jsonBytes }))],
  ] as const;
  for (const [name, own] of measures) {
    rows.push({
      name,
      bare: `${parse.toFixed(2)} µs (JSON.parse)`,
      gateway: `${own.toFixed(2)} µs`,
      ratio: `${(own / parse).toFixed(2)} × time`,
      bar: '',
      met: undefined,
    });
  }
}

interface Effort {
  /** Who is compared, when it is not the bare server with the gateway. */
  readonly theirs?: Server;
  readonly ours?: Server;
  /** How many connections there are. */
  readonly width: number;
  readonly rounds: number;
  /** How long each takes, in milliseconds. */
  readonly roundMs: number;
}

/**
 * Requests a second, in turns. The machine is faster at one moment than at the next: each round of ours is compared
 * with the one of theirs right beside it, in short rounds whose order changes, and the median of the ratios counts.
 */
async function compare(name: string, bar: number | undefined, theirs: Turn, ours: Turn, more: Partial<Effort> = {}) {
  const { width, rounds, roundMs, theirs: one = bare, ours: other = gateway } = { ...usual, ...more };
  const theirLoads: Load[] = [];
  const ourLoads: Load[] = [];
  const sides = [
    async () => theirLoads.push(await load(one.port, theirs, width, roundMs)),
    async () => ourLoads.push(await load(other.port, ours, width, roundMs)),
  ];
  // Both may compile what they are about to do before it counts.
  await load(one.port, theirs, width, 2 * roundMs);
  await load(other.port, ours, width, 2 * roundMs);
  for (let round = 0; round < rounds; round++) {
    for (const side of sides) await side();
    sides.reverse();
  }
  const ratio = median(ourLoads.map(({ perSecond }, round) => perSecond / (theirLoads[round] as Load).perSecond));
  const show = (loads: Load[]) => {
    const rate = median(loads.map(({ perSecond }) => perSecond));
    const p99 = median(loads.map((one) => one.p99));
    return `${Math.round(rate).toLocaleString('en')}/s, p99 ${p99.toFixed(1)} ms`;
  };
  rows.push({
    name,
    bare: show(theirLoads),
    gateway: show(ourLoads),
    ratio: ratio.toFixed(2),
    bar: bar === undefined ? '' : `≥ ${bar}`,
    met: bar === undefined ? undefined : ratio >= bar,
  });
}

async function create(gateway: Server, path: string, entity: object, headers = {}): Promise<string> {
  const answer = await fetch(`http://127.0.0.1:${gateway.port}${path}`, {
    method: 'POST',
    headers: { ...jsonType, ...headers },
    body: JSON.stringify(entity),
  });
  if (answer.status !== 201) throw new Error(await answer.text());
  await answer.arrayBuffer();
  return new URL(answer.headers.get('location') as string).pathname;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

function print(): void {
  console.log('| | bare | gateway | ratio | bar |');
  console.log('|---|---|---|---|---|');
  for (const { name, bare, gateway, ratio, bar, met } of rows) {
    const verdict = met === undefined ? bar : `${bar} ${met ? '✓' : '✗'}`;
    console.log(`| ${name} | ${bare} | ${gateway} | ${ratio} | ${verdict} |`);
  }
  if (rows.some(({ met }) => met === false)) process.exitCode = 1;
}
