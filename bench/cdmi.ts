import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { load, request } from './load.ts';
import { type MemoryWatch, memoryWatch } from './memory-watch.ts';
import { type Server, startGateway } from './servers.ts';
import { receiveBytes, sendBytes } from './transfer.ts';

/** One row of the table. */
export interface CdmiRow {
  readonly name: string;
  readonly bare: string;
  readonly gateway: string;
  readonly ratio: number;
  /** What the ratio has to be at least. */
  readonly bar?: number;
  /** By how many MB the resident memory of the gateway has grown at most since it was warm, where that has a limit. */
  readonly memory?: number;
}

const kibibyte = 1024;
const mebibyte = kibibyte * kibibyte;

/** How much of it is done. */
interface Effort {
  readonly rounds: number;
  readonly roundMs: number;
  /** How many children the container that is listed has. */
  readonly children: number;
}

/** Values of CDMI in plain HTTP, against a bare server that streams to and from files; and long listings. */
export async function cdmi(effort: Effort): Promise<readonly CdmiRow[]> {
  const bare = await startBareFiles();
  const gateway = await startGateway({ OCCI_CDMI: 'on' });
  try {
    const small = await smallValues(bare, gateway, effort);
    // What it takes to be warm is no part of a value.
    const watch = memoryWatch(gateway.pid);
    return [
      ...small,
      ...(await values(bare, gateway, effort, { what: '1 MiB', size: mebibyte, width: 8, watch })),
      ...(await values(bare, gateway, effort, { what: '256 MiB', size: 256 * mebibyte, width: 1, bar: 0.8, watch })),
      ...(await listings(bare, gateway, effort)),
    ];
  } finally {
    await gateway.stop();
    await bare.stop();
  }
}

/** 1 KiB on connections that stay. */
async function smallValues(bare: Server, gateway: Server, effort: Effort): Promise<readonly CdmiRow[]> {
  const { roundMs } = effort;
  const body = 'a value of CDMI '.repeat(64);
  const type = { 'Content-Type': 'application/octet-stream' };
  let last = 0;
  const puts = (root: string) => () => request('PUT', `${root}small-${last++}`, type, body);
  const writing = await inTurns(
    effort,
    async () => (await load(bare.port, puts('/'), 32, roundMs)).perSecond,
    async () => (await load(gateway.port, puts('/cdmi/'), 32, roundMs)).perSecond,
  );
  const gets = (root: string) => {
    const one = request('GET', `${root}small`);
    return () => one;
  };
  await sendBytes(bare.port, '/small', kibibyte);
  await sendBytes(gateway.port, '/cdmi/small', kibibyte);
  const reading = await inTurns(
    effort,
    async () => (await load(bare.port, gets('/'), 32, roundMs)).perSecond,
    async () => (await load(gateway.port, gets('/cdmi/'), 32, roundMs)).perSecond,
  );
  const rate = (perSecond: number) => `${Math.round(perSecond).toLocaleString('en')}/s`;
  return [
    { name: 'CDMI: GET 1 KiB, against a bare file', ...shown(reading, rate), bar: 0.5 },
    { name: 'CDMI: PUT 1 KiB, against a bare durable file', ...shown(writing, rate) },
  ];
}

interface Transfer {
  readonly what: string;
  /** In bytes. */
  readonly size: number;
  /** How many at a time. */
  readonly width: number;
  readonly bar?: number;
  readonly watch: MemoryWatch;
}

async function values(bare: Server, gateway: Server, effort: Effort, transfer: Transfer): Promise<readonly CdmiRow[]> {
  const { what, size, width, bar, watch } = transfer;
  // In one round there are some of them: one is over too soon.
  const each = Math.max(1, Math.floor((64 * mebibyte) / size / width));
  const lanes = async (work: (lane: number) => Promise<void>): Promise<number> => {
    const begun = performance.now();
    const lane = async (at: number) => {
      for (let i = 0; i < each; i++) await work(at);
    };
    await Promise.all(Array.from({ length: width }, (_, at) => lane(at)));
    return (each * width * size) / mebibyte / ((performance.now() - begun) / 1000);
  };
  const path = (lane: number) => `large-${size}-${lane}`;
  const send = (port: number, root: string) => lanes((lane) => sendBytes(port, root + path(lane), size));
  const receive = (port: number, root: string) => lanes((lane) => receiveBytes(port, root + path(lane), size));
  const rows: CdmiRow[] = [];
  for (const [name, measure] of [['PUT', send] as const, ['GET', receive] as const]) {
    const grown = watch();
    const rates = await inTurns(
      effort,
      () => measure(bare.port, '/'),
      () => measure(gateway.port, '/cdmi/'),
    );
    const memory = grown();
    const against = name === 'PUT' ? 'a bare durable file' : 'a bare file';
    const { bare: theirs, gateway: ours, ratio } = shown(rates, (speed) => `${Math.round(speed)} MiB/s`);
    rows.push({
      name: `CDMI: ${name} ${what}, against ${against}`,
      bare: theirs,
      gateway: `${ours}, +${Math.round(memory)} MB`,
      ratio,
      ...(bar !== undefined && { bar }),
      memory,
    });
  }
  return rows.toReversed();
}

/** A hundred of many children, at both ends, against a bare server that has the same bytes ready. */
async function listings(bare: BareFiles, gateway: Server, effort: Effort): Promise<readonly CdmiRow[]> {
  const { children, roundMs } = effort;
  await fill(gateway, children);
  const headers = { Accept: 'application/cdmi-container', 'X-CDMI-Specification-Version': '1.1.1' };
  // To make them is not to list them, and what it takes to be warm is no part of a listing.
  const hundred = request('GET', '/cdmi/many/?childrenrange;children:0-99', headers);
  await load(gateway.port, () => hundred, 8, 4 * roundMs);
  const watch = memoryWatch(gateway.pid);
  const rows: CdmiRow[] = [];
  const prepared = request('GET', '/prepared');
  for (const first of [0, children - 100]) {
    const path = `/cdmi/many/?childrenrange;children:${first}-${first + 99}`;
    await bare.prepare(await (await fetch(`http://127.0.0.1:${gateway.port}${path}`, { headers })).text());
    const ours = request('GET', path, headers);
    const grown = watch();
    const rates = await inTurns(
      effort,
      async () => (await load(bare.port, () => prepared, 8, roundMs)).perSecond,
      async () => (await load(gateway.port, () => ours, 8, roundMs)).perSecond,
    );
    const where = first === 0 ? 'the first' : 'the last';
    const total = children.toLocaleString('en');
    const memory = grown();
    const row = shown(rates, (perSecond) => `${Math.round(perSecond).toLocaleString('en')}/s`);
    rows.push({
      ...row,
      name: `CDMI: ${where} 100 children of ${total}, against the same bytes`,
      gateway: `${row.gateway}, +${Math.round(memory)} MB`,
      memory,
    });
  }
  return rows;
}

async function fill(gateway: Server, children: number): Promise<void> {
  const put = async (path: string) => {
    const answer = await fetch(`http://127.0.0.1:${gateway.port}/cdmi/${path}`, { method: 'PUT' });
    await answer.arrayBuffer();
    if (answer.status !== 201) throw new Error(`PUT ${path} was answered with ${answer.status}`);
  };
  await put('many/');
  let next = 0;
  const lane = async () => {
    for (let at = next++; at < children; at = next++) await put(`many/child-${String(at).padStart(6, '0')}/`);
  };
  await Promise.all(Array.from({ length: 64 }, lane));
}

interface Turns {
  readonly theirs: number[];
  readonly ours: number[];
}

/** Rates of both, in turns whose order changes; the first of each does not count. */
async function inTurns({ rounds }: Effort, theirs: () => Promise<number>, ours: () => Promise<number>): Promise<Turns> {
  const rates: Turns = { theirs: [], ours: [] };
  const sides = [async () => rates.theirs.push(await theirs()), async () => rates.ours.push(await ours())];
  await theirs();
  await ours();
  for (let round = 0; round < rounds; round++) {
    for (const side of sides) await side();
    sides.reverse();
  }
  return rates;
}

function shown({ theirs, ours }: Turns, show: (rate: number) => string): Pick<CdmiRow, 'bare' | 'gateway' | 'ratio'> {
  return {
    bare: show(median(theirs)),
    gateway: show(median(ours)),
    ratio: median(ours.map((rate, round) => rate / (theirs[round] as number))),
  };
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? Number.NaN;
}

interface BareFiles extends Server {
  /** @param body of the answer */
  prepare(body: string): Promise<void>;
}

async function startBareFiles(): Promise<BareFiles> {
  const child: ChildProcess = fork(new URL('bare-files.ts', import.meta.url));
  const [{ port }] = (await once(child, 'message')) as [{ readonly port: number }];
  return {
    port,
    pid: child.pid as number,
    async prepare(body) {
      const told = once(child, 'message');
      child.send(body);
      await told;
    },
    async stop() {
      child.disconnect();
      await once(child, 'exit');
    },
  };
}
