/**
 * `npm run conformance:faults`: every fault of test/conformance/mutations against all checks of the suite, not only
 * those of its room. Tells what failed, and ends with 1 when too few are caught. Words choose faults by room and name;
 * `--sample 40 --seed 7` takes some of them, the same for the same seed; `--jobs` are the processors used.
 */
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { checks } from '../src/conformance/checks/index.ts';
import { type Dialect, dialectName, dialects } from '../src/conformance/dialect.ts';
import { isEnough, tally } from '../test/conformance/fault-tally.ts';
import type { Task, Trouble } from '../test/conformance/fault-worker.ts';
import {
  dialectOf,
  type Fault,
  type Finding,
  faults,
  findingOf,
  nameOf,
  roomOfCheck,
  sampled,
} from '../test/conformance/faults.ts';

const { values, positionals: words } = parseArgs({
  options: {
    sample: { type: 'string' },
    seed: { type: 'string', default: '1' },
    jobs: { type: 'string', default: String(availableParallelism()) },
  },
  allowPositionals: true,
});

const homeless = checks.filter(({ id }) => roomOfCheck(id) === '').map(({ id }) => id);
if (homeless.length > 0) throw new Error(`no room of test/conformance/rooms.ts has ${homeless.join(', ')}`);
const named = faults.filter((fault) => words.every((word) => nameOf(fault).includes(word)));
const chosen = values.sample === undefined ? named : sampled(named, countIn('--sample', values.sample), values.seed);
if (chosen.length === 0) throw new Error(`there is no fault ${words.join(' ')}`);

const workers = Array.from({ length: countIn('--jobs', values.jobs) }, () => {
  return new Worker(new URL('../test/conformance/fault-worker.ts', import.meta.url));
});
const started = performance.now();
const spoken = new Set(chosen.map((fault) => dialectName(dialectOf(fault))));
const usual = await failingWithout(dialects.filter((one) => spoken.has(dialectName(one))));
const reasons = new Map<string, string>();
const findings: Finding[] = [];
await shared(chosen, async (worker, fault) => {
  const failed = await failures(worker, { room: fault.room, at: fault.at });
  const finding = findingOf(
    fault,
    failed.map(({ check }) => check),
    usual.get(dialectName(dialectOf(fault))) ?? [],
  );
  for (const { check, reason } of failed) reasons.set(`${nameOf(fault)} ${check}`, reason);
  findings.push(finding);
  console.log(`${findings.length}/${chosen.length}  ${line(finding)}`);
});
await Promise.all(workers.map((worker) => worker.terminate()));
print();

function countIn(option: string, value: string): number {
  const count = Number(value);
  if (!Number.isInteger(count) || count < 1) throw new Error(`${option} is a number from 1, not "${value}"`);
  return count;
}

/** Has workers do things, each one after the other. */
async function shared<T>(things: readonly T[], work: (worker: Worker, thing: T) => Promise<void>): Promise<void> {
  const waiting = [...things];
  await Promise.all(
    workers.map(async (worker) => {
      for (let thing = waiting.shift(); thing !== undefined; thing = waiting.shift()) await work(worker, thing);
    }),
  );
}

/** The checks that fail. */
async function failures(worker: Worker, task: Task): Promise<readonly Trouble[]> {
  worker.postMessage(task);
  const [troubles] = (await once(worker, 'message')) as [readonly Trouble[]];
  return troubles.filter(({ verdict }) => verdict === 'fail');
}

/** What fails without any fault, by dialect. */
async function failingWithout(some: readonly Dialect[]): Promise<ReadonlyMap<string, readonly string[]>> {
  const found = new Map<string, readonly string[]>();
  await shared(some, async (worker, dialect) => {
    const failed = await failures(worker, { dialect });
    found.set(
      dialectName(dialect),
      failed.map(({ check }) => check),
    );
  });
  return found;
}

function line({ fault, isCaught, own, also, unexpected, silent }: Finding): string {
  const part = (title: string, ids: readonly string[]) => (ids.length === 0 ? '' : `; ${title} ${ids.join(' ')}`);
  const elsewhere = part('also', also) + part('unexpected', unexpected) + part('silent', silent);
  return `${isCaught ? 'caught' : 'MISSED'}  ${nameOf(fault)} -> ${own.join(' ') || 'nothing'}${elsewhere}`;
}

/** What was not as it had to be, and the figures. */
function print(): void {
  const inOrder = findings.toSorted((a, b) => faults.indexOf(a.fault) - faults.indexOf(b.fault));
  list(
    'Not caught',
    inOrder.filter(({ isCaught }) => !isCaught),
    ({ fault, own }) => [`to fail: ${fault.mutation.breaks.join(' ')}`, `failed: ${own.join(' ')}`],
  );
  list(
    'Unexpected',
    inOrder.filter(({ unexpected }) => unexpected.length > 0),
    ({ fault, unexpected }) => unexpected.map((id) => `${id} (${roomOfCheck(id)}): ${reasonOf(fault, id)}`),
  );
  list(
    'Silent, though `also` names them',
    inOrder.filter(({ silent }) => silent.length > 0),
    ({ silent }) => silent,
  );
  const caught = findings.filter(({ isCaught }) => isCaught).length;
  const exact = findings.filter(
    ({ isCaught, unexpected, silent }) => isCaught && unexpected.length + silent.length === 0,
  ).length;
  const seconds = Math.round((performance.now() - started) / 1000);
  console.log(`\n${exact} of ${findings.length} faults turn exactly the right ones of all checks red; ${seconds} s`);
  const figures = { tried: findings.length, caught };
  console.log(tally(figures));
  if (!isEnough(figures)) process.exitCode = 1;
}

function list(title: string, some: readonly Finding[], details: (finding: Finding) => readonly string[]): void {
  if (some.length === 0) return;
  console.log(`\n${title}: ${some.length}`);
  for (const finding of some) {
    const { fault } = finding;
    console.log(`  ${nameOf(fault)}, ${dialectName(dialectOf(fault))} (${fault.mutation.breaks.join(' ')})`);
    for (const detail of details(finding)) console.log(`    ${detail}`);
  }
}

function reasonOf(fault: Fault, id: string): string {
  const reason = (reasons.get(`${nameOf(fault)} ${id}`) ?? '').replace(/\s+/g, ' ');
  return reason.length > 160 ? `${reason.slice(0, 160)}…` : reason;
}
