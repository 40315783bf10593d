/** The structure of a regular expression, as far as it matters for how long matching takes. */
export type Node =
  | { readonly is: 'character'; readonly source: string }
  | { readonly is: 'assertion'; readonly body?: Node }
  | { readonly is: 'sequence'; readonly of: readonly Node[] }
  | { readonly is: 'choice'; readonly of: readonly Node[] }
  | { readonly is: 'repeat'; readonly of: Node; readonly min: number; readonly max: number };

/** Whether a pattern can only match at the beginning of what it is given. */
export function isAnchored(source: string): boolean {
  const { is, of } = parsePattern(source) as Extract<Node, { of: readonly Node[] }>;
  const begins = (one: Node | undefined): boolean => {
    if (one?.is === 'sequence') return begins(one.of[0]);
    if (one?.is === 'choice') return one.of.every(begins);
    return one === begin;
  };
  return is === 'choice' ? of.every(begins) : begins(of[0]);
}

const begin: Node = { is: 'assertion' };
const otherAssertion: Node = { is: 'assertion' };

/**
 * Parses the source of a regular expression that is valid.
 *
 * @throws Error for what is not looked at: back references and flags within the expression
 */
export function parsePattern(source: string): Node {
  let at = 0;
  const choice = (): Node => {
    const of = [sequence()];
    while (source[at] === '|') {
      at += 1;
      of.push(sequence());
    }
    return of.length === 1 ? (of[0] as Node) : { is: 'choice', of };
  };
  const sequence = (): Node => {
    const of: Node[] = [];
    while (at < source.length && source[at] !== '|' && source[at] !== ')') of.push(quantified(atom()));
    return { is: 'sequence', of };
  };
  const atom = (): Node => {
    const character = source[at];
    if (character === '(') return group();
    if (character === '[') return characterClass();
    if (character === '^' || character === '$') {
      at += 1;
      return character === '^' ? begin : otherAssertion;
    }
    if (character === '\\') return escaped();
    const length = (source.codePointAt(at) as number) > 0xffff ? 2 : 1;
    at += length;
    return { is: 'character', source: source.slice(at - length, at) };
  };
  const group = (): Node => {
    const opening = /^\((?:\?(?:[:=!]|<[=!]|<\w+>))?/.exec(source.slice(at))?.[0] as string;
    if (opening === '(' && source[at + 1] === '?') throw new Error(`not looked at: ${source.slice(at)}`);
    at += opening.length;
    const body = choice();
    at += 1;
    return /[=!]$/.test(opening) ? { is: 'assertion', body } : body;
  };
  const characterClass = (): Node => {
    const from = at;
    for (at += 1; source[at] !== ']'; at += 1) if (source[at] === '\\') at += 1;
    at += 1;
    return { is: 'character', source: source.slice(from, at) };
  };
  const escaped = (): Node => {
    const text = /^\\(?:u\{[^}]+\}|u[0-9A-Fa-f]{4}|x[0-9A-Fa-f]{2}|[pP]\{[^}]+\}|c[A-Za-z]|[\s\S])/.exec(
      source.slice(at),
    )?.[0];
    if (text === undefined || /^\\[1-9k]/.test(text)) throw new Error(`not looked at: ${source.slice(at)}`);
    at += text.length;
    return text === '\\b' || text === '\\B' ? otherAssertion : { is: 'character', source: text };
  };
  const quantified = (of: Node): Node => {
    const [text, min, comma, max] = /^(?:[*+?]|\{([0-9]+)(,)?([0-9]+)?\})\??/.exec(source.slice(at)) ?? [];
    if (text === undefined) return of;
    at += text.length;
    if (text.startsWith('*')) return { is: 'repeat', of, min: 0, max: Infinity };
    if (text.startsWith('+')) return { is: 'repeat', of, min: 1, max: Infinity };
    if (text.startsWith('?')) return { is: 'repeat', of, min: 0, max: 1 };
    const most = comma === undefined ? Number(min) : max === undefined ? Infinity : Number(max);
    return { is: 'repeat', of, min: Number(min), max: most };
  };
  const node = choice();
  if (at !== source.length) throw new Error(`not understood: ${source.slice(at)}`);
  return { is: 'sequence', of: [node] };
}
