import { afterEach, describe, expect, it } from 'vitest';
import { conforms, examine, type Report } from '../../src/conformance/index.ts';
import type { Verdict } from '../../src/conformance/run.ts';
import { type Choices, type Fault, generous, old, showing, terse } from './other-server/choices.ts';
import { type OtherServer, openOtherServer } from './other-server/server.ts';

/** A server that does what the documents say in a way of its own, and what the suite has to make of it. */
interface Character {
  readonly name: string;
  readonly choices: Choices;
  /** A SHOULD that it leaves undone, by check. */
  readonly leavesUndone: readonly string[];
  /** Why something is not applicable to it; each is true of it, and nothing else is. */
  readonly lacks: readonly RegExp[];
  /** How many checks it passes at least. */
  readonly passes: number;
}

const noProfile = /^the server neither claims the profile nor has a template of it$/;
const noStorage = /^the server has no kind \S*#storage(?:link)?$/;

const queuesAlone: readonly RegExp[] = [
  noProfile,
  /^the server has no kind of the infrastructure$/,
  /^the server has no kind http:\/\/schemas\.ogf\.org\/occi\/infrastructure#\w+$/,
  /^the server has no action of the infrastructure with parameters$/,
  /^the server has none of the mixins of the standard$/,
  /^the server has no mixin of the standard with attributes$/,
  /^the server has no resource templates$/,
  /^the server has no templates below (?:os|resource)_tpl$/,
  /^the server creates one entity at a time: 400$/,
  /^the Link has no attributes$/,
];

const characters: readonly Character[] = [
  {
    name: 'has much, in places of its own',
    choices: generous,
    leavesUndone: [],
    lacks: [noProfile, noStorage, /^the server replaces OS templates$/],
    passes: 745,
  },
  {
    name: 'has queues in place of an infrastructure, speaks 1.2 alone, and says as little as it may',
    choices: terse,
    leavesUndone: ['model/infrastructure'],
    lacks: [...queuesAlone, /^the server takes no mixins of clients: 405$/],
    passes: 350,
  },
  {
    name: 'shows what is new, and does not say where it is',
    choices: showing,
    leavesUndone: ['model/infrastructure'],
    lacks: queuesAlone,
    passes: 400,
  },
  {
    name: 'is from the days of 1.1, text alone, and slow',
    choices: old,
    leavesUndone: [],
    lacks: [
      noStorage,
      /^the server chooses the paths of entities itself: 400$/,
      /^no entity can be below a path of its own: 400$/,
      /^the server has no kind of resources that a mixin of its own does not apply to$/,
      /^the server has no mixin of the standard with attributes$/,
      /^the server has no mixin that brings a resource an attribute of any value$/,
    ],
    passes: 220,
  },
];

/** What is wrong with a server, and the checks that have to say so, each at least in one dialect. */
const faults: readonly { readonly fault: Fault; readonly choices: Choices; readonly fails: readonly string[] }[] = [
  {
    fault: 'a lost summary',
    choices: generous,
    fails: [
      'update/partial',
      'text-entity/model-attributes',
      'header/repeated',
      'header/joined',
      'text-request/grammar',
      'json-entity/core-members',
      'mutability/at-creation',
      'mutability/inherited',
    ],
  },
  { fault: 'links that stay', choices: old, fails: ['links/cascade'] },
  { fault: 'a number in quotes', choices: old, fails: ['text-entity/types'] },
  { fault: 'a refusal that is obeyed', choices: old, fails: ['mixin/all-or-nothing'] },
];

let server: OtherServer | undefined;
afterEach(() => server?.close());

async function examined(choices: Choices): Promise<Report> {
  server = await openOtherServer(choices);
  return examine({ endpoint: server.endpoint, patienceMs: 5_000, selection: { isDestructive: true } });
}

/** The checks that came to a verdict in any dialect, with what they say. */
function come({ results }: Report, verdict: Verdict): readonly (readonly [string, string])[] {
  return results.filter((one) => one.verdict === verdict).map(({ check, reason = '' }) => [check.id, reason]);
}

describe('A correct server of another make gives no alarm where it', () => {
  it.each(characters)('$name', { timeout: 120_000 }, async ({ choices, leavesUndone, lacks, passes }) => {
    const report = await examined(choices);
    expect(come(report, 'fail').map(([id]) => id)).toEqual(leavesUndone);
    expect(come(report, 'inconclusive')).toEqual([]);
    const without = come(report, 'not applicable').map(([, reason]) => reason);
    expect(without.filter((reason) => !lacks.some((one) => one.test(reason)))).toEqual([]);
    expect(lacks.filter((one) => !without.some((reason) => one.test(reason)))).toEqual([]);
    expect(come(report, 'pass').length).toBeGreaterThanOrEqual(passes);
    expect(conforms(report)).toBe(true);
    expect([report.left, server?.places()]).toEqual([[], []]);
  });
});

describe('The same server gives an alarm about', () => {
  it.each(faults)('$fault', { timeout: 120_000 }, async ({ fault, choices, fails }) => {
    const report = await examined({ ...choices, fault });
    expect([...new Set(come(report, 'fail').map(([id]) => id))]).toEqual(fails);
    expect(conforms(report)).toBe(false);
  });
});
