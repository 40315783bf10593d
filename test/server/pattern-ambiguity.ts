import { isAnchored, type Node, parsePattern } from './pattern-syntax.ts';

/** How many ways through an expression there can be for one text: a matcher that goes back tries all of them. */
export type Ambiguity = 'linear' | 'polynomial' | 'exponential';

/**
 * How the time of matching may grow with the text, in the worst case of a matcher that goes back, as that of JavaScript
 * does. The criteria are those of Weber and Seidl ("On the degree of the ambiguity of finite automata", 1991): with the
 * positions of an expression as states, ways multiply without bound exactly if some state leads back to itself in two
 * ways on one word (exponentially), or one leads to itself and to another that leads to itself, all on one word
 * (polynomially). A search begins anew at every position, which is a state in front that leads to itself on anything.
 *
 * Repetitions that end are taken for such that do not, but for a fixed number; assertions for true. So the answer may
 * be too bad, never too good.
 *
 * @throws Error for expressions that {@link parsePattern} does not look at
 */
export function ambiguityOf(source: string, flags: string): Ambiguity {
  const node = parsePattern(source);
  const isSearch = !flags.includes('y') && (!isAnchored(source) || flags.includes('m'));
  const all = [
    ambiguityOfNode(node, flags, isSearch),
    ...assertionsIn(node).map((one) => ambiguityOfNode(one, flags, false)),
  ];
  return all.includes('exponential') ? 'exponential' : all.includes('polynomial') ? 'polynomial' : 'linear';
}

function assertionsIn(node: Node): readonly Node[] {
  if (node.is === 'character') return [];
  if (node.is === 'assertion') return node.body === undefined ? [] : [node.body, ...assertionsIn(node.body)];
  return node.is === 'repeat' ? assertionsIn(node.of) : node.of.flatMap(assertionsIn);
}

/** How many ways lead from one position to the next without a character between them; two stands for all above. */
type Ways = ReadonlyMap<number, number>;

/** A part of an expression in terms of positions (Glushkov's construction, with ways counted). */
interface Part {
  /** How many ways there are to match nothing. */
  readonly empty: number;
  /** The same where no assertion has to hold. */
  readonly free: number;
  readonly first: Ways;
  readonly last: Ways;
  /** Those of the last positions after which no assertion has to hold. */
  readonly lastFree: ReadonlySet<number>;
}

const none: Ways = new Map();
const nobody: ReadonlySet<number> = new Set();
const few = (ways: number) => Math.min(2, ways);

function ambiguityOfNode(node: Node, flags: string, isSearch: boolean): Ambiguity {
  const characters: string[] = [];
  const follow: Map<number, number>[] = [];
  const position = (source: string) => {
    characters.push(source);
    follow.push(new Map());
    return characters.length - 1;
  };
  const connect = (from: Ways, to: Ways) => {
    for (const [a, waysOut] of from) {
      const next = follow[a] as Map<number, number>;
      for (const [b, waysIn] of to) next.set(b, few((next.get(b) ?? 0) + waysOut * waysIn));
    }
  };
  const partOf = (one: Node): Part => {
    switch (one.is) {
      case 'character': {
        const self = new Map([[position(one.source), 1]]);
        return { empty: 0, free: 0, first: self, last: self, lastFree: new Set(self.keys()) };
      }
      case 'assertion':
        return { empty: 1, free: 0, first: none, last: none, lastFree: nobody };
      case 'choice': {
        const parts = one.of.map(partOf);
        return {
          empty: few(parts.reduce((sum, { empty }) => sum + empty, 0)),
          free: few(parts.reduce((sum, { free }) => sum + free, 0)),
          first: sum(parts.map(({ first }) => [first, 1])),
          last: sum(parts.map(({ last }) => [last, 1])),
          lastFree: new Set(parts.flatMap(({ lastFree }) => [...lastFree])),
        };
      }
      case 'sequence':
        return one.of.map(partOf).reduce(join, { empty: 1, free: 1, first: none, last: none, lastFree: nobody });
      case 'repeat':
        return repeated(one);
    }
  };
  const join = (a: Part, b: Part): Part => {
    connect(a.last, b.first);
    return {
      empty: few(a.empty * b.empty),
      free: few(a.free * b.free),
      first: sum([
        [a.first, 1],
        [b.first, a.empty],
      ]),
      last: sum([
        [a.last, b.empty],
        [b.last, 1],
      ]),
      lastFree: b.free > 0 ? new Set([...a.lastFree, ...b.lastFree]) : b.lastFree,
    };
  };
  const repeated = ({ of, min, max }: Extract<Node, { is: 'repeat' }>): Part => {
    if (max === 0) return { empty: 1, free: 1, first: none, last: none, lastFree: nobody };
    if (max === 1) {
      const part = partOf(of);
      // An iteration that matches nothing does not count where none is needed (ECMA-262 §22.2.2.3.1).
      return min === 0 ? { ...part, empty: 1, free: 1 } : part;
    }
    if (min === max && max <= 64) {
      let whole = partOf(of);
      for (let copy = 1; copy < max; copy++) whole = join(whole, partOf(of));
      return whole;
    }
    const part = partOf(of);
    connect(part.last, part.first);
    return min === 0 ? { ...part, empty: 1, free: 1 } : part;
  };
  const whole = partOf(node);
  if (isSearch) {
    const search = position('[^]');
    const self = follow[search] as Map<number, number>;
    self.set(search, 1);
    for (const [first, ways] of whole.first) self.set(first, ways);
  }
  return judge(follow, overlaps(characters, flags), whole.lastFree);
}

function sum(all: readonly (readonly [Ways, number])[]): Ways {
  const total = new Map<number, number>();
  for (const [ways, times] of all) {
    if (times === 0) continue;
    for (const [at, count] of ways) total.set(at, few((total.get(at) ?? 0) + count * times));
  }
  return total;
}

/** Characters that tell all sets of characters apart that are in use. */
const samples = [
  ...Array.from({ length: 0x180 }, (_, code) => String.fromCodePoint(code)),
  ...['\u212a', '\u2028', '\u2029', '\ufeff', '\u03b1', '\u4e00', '\ud800', '\u{1f600}', '\u2264', '\u00a0'],
];

/** For every two positions, whether a character fits both: asked of the engine itself. */
function overlaps(characters: readonly string[], flags: string): readonly (readonly boolean[])[] {
  const known = new Map<string, ReadonlySet<string>>();
  const fitting = (source: string) => {
    const found = known.get(source);
    if (found !== undefined) return found;
    const expression = new RegExp(`^(?:${source})$`, flags.replace(/[gymd]/g, ''));
    const fits = new Set(samples.filter((sample) => expression.test(sample)));
    known.set(source, fits);
    return fits;
  };
  const pairs = new Map<string, boolean>();
  return characters.map((a) =>
    characters.map((b) => {
      const key = a < b ? `${a} ${b}` : `${b} ${a}`;
      const found = pairs.get(key) ?? [...fitting(a)].some((sample) => fitting(b).has(sample));
      pairs.set(key, found);
      return found;
    }),
  );
}

function judge(
  follow: readonly Ways[],
  overlap: readonly (readonly boolean[])[],
  accepting: ReadonlySet<number>,
): Ambiguity {
  const size = follow.length;
  const next = follow.map((ways) => [...ways.keys()]);
  const fits = (a: number, b: number) => overlap[a]?.[b] === true;
  const onCycle = next.map((_, start) => reach([start], (at) => next[at] as number[]).has(start));
  const cyclic = [...onCycle.keys()].filter((at) => onCycle[at]);

  const stepTwo = (pair: number) => {
    const steps: number[] = [];
    for (const a of next[Math.floor(pair / size)] as number[]) {
      for (const b of next[pair % size] as number[]) if (fits(a, b)) steps.push(a * size + b);
    }
    return steps;
  };
  for (const at of cyclic) {
    // Two ways without a character between two positions that lead to each other.
    for (const [b, ways] of follow[at] as Ways) {
      if (ways > 1 && (b === at || reach([b], (one) => next[one] as number[]).has(at))) return 'exponential';
    }
    for (const pair of reach([at * size + at], stepTwo)) {
      const isSplit = Math.floor(pair / size) !== pair % size;
      if (isSplit && reach([pair], stepTwo).has(at * size + at)) return 'exponential';
    }
  }
  const stepThree = (triple: number) => {
    const steps: number[] = [];
    for (const a of next[Math.floor(triple / size / size)] as number[]) {
      for (const b of next[Math.floor(triple / size) % size] as number[]) {
        if (!fits(a, b)) continue;
        for (const c of next[triple % size] as number[]) {
          if (fits(a, c) && fits(b, c)) steps.push((a * size + b) * size + c);
        }
      }
    }
    return steps;
  };
  for (const p of cyclic) {
    for (const q of cyclic) {
      // Where nothing has to follow, the first way that comes here is the match, and no other is tried.
      if (p === q || accepting.has(q)) continue;
      if (reach([(p * size + p) * size + q], stepThree).has((p * size + q) * size + q)) return 'polynomial';
    }
  }
  return 'linear';
}

/** All that can be reached in one step at least. */
function reach(from: readonly number[], steps: (at: number) => readonly number[]): Set<number> {
  const seen = new Set<number>();
  const waiting = [...from];
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    for (const one of steps(at)) {
      if (seen.has(one)) continue;
      seen.add(one);
      waiting.push(one);
    }
  }
  return seen;
}
