import { type Attribute, attributes, type Expression } from './expression.ts';

/** A text that is no expression. */
export class ExpressionError extends Error {
  override readonly name = 'ExpressionError';

  /** @param column where, counted in characters from 1; none where there is nothing at all */
  constructor(message: string, column?: number) {
    super(column === undefined ? message : `column ${column}: ${message}`);
  }
}

/** How deep brackets and `not` can be nested. */
const deepest = 100;

/**
 * Reads what a rule says: `not` binds closest, then `and`, then `or`. These three are read in any case, as
 * oslo.policy does.
 *
 * @throws ExpressionError saying where
 */
export function parse(text: string): Expression {
  const tokens = tokensOf(text);
  if (tokens.length === 0) {
    throw new ExpressionError('it says nothing; write "@" for everybody or "!" for nobody, in quotes');
  }
  let next = 0;
  let depth = 0;

  const keyword = (word: string) => tokens[next]?.text.toLowerCase() === word;
  const unexpected = () => {
    const token = tokens[next];
    return token === undefined
      ? new ExpressionError('something is missing at the end', columnOf(text, text.length))
      : new ExpressionError(`unexpected \`${token.text}\``, columnOf(text, token.at));
  };

  function chain(is: 'and' | 'or', operand: () => Expression): Expression {
    const first = operand();
    const of = [first];
    while (keyword(is)) {
      next += 1;
      of.push(operand());
    }
    return of.length === 1 ? first : { is, of };
  }
  const either = (): Expression => chain('or', () => chain('and', single));
  function single(): Expression {
    const token = tokens[next];
    if (token === undefined || token.text === ')' || keyword('and') || keyword('or')) throw unexpected();
    const column = columnOf(text, token.at);
    const isNot = keyword('not');
    next += 1;
    if (!isNot && token.text !== '(') return checkOf(token.text, column);
    depth += 1;
    if (depth > deepest) throw new ExpressionError(`more than ${deepest} levels of brackets`, column);
    const of = isNot ? single() : either();
    depth -= 1;
    if (isNot) return { is: 'not', of };
    if (tokens[next] === undefined) throw new ExpressionError('this `(` is never closed', column);
    if (tokens[next]?.text !== ')') throw unexpected();
    next += 1;
    return of;
  }

  const expression = either();
  if (next < tokens.length) throw unexpected();
  return expression;
}

interface Token {
  readonly text: string;
  readonly at: number;
}

/** Brackets and the words between them; those of `%(name)s` belong to their word. */
function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = [];
  const isBlank = (character: string) => /\s/.test(character);
  const isBracket = (character: string) => character === '(' || character === ')';
  for (let at = 0; at < text.length; ) {
    const character = text[at] as string;
    let end = at + 1;
    if (!isBlank(character)) {
      if (!isBracket(character)) {
        for (end = at; end < text.length && !isBlank(text[end] as string) && !isBracket(text[end] as string); ) {
          const close = text.startsWith('%(', end) ? text.indexOf(')', end) : -1;
          end = close < 0 ? end + 1 : close + 1;
        }
      }
      tokens.push({ text: text.slice(at, end), at });
    }
    at = end;
  }
  return tokens;
}

function checkOf(word: string, column: number): Expression {
  if (word === '@') return { is: 'everybody' };
  if (word === '!') return { is: 'nobody' };
  const colon = word.indexOf(':');
  if (colon < 0) throw new ExpressionError(`unexpected \`${word}\``, column);
  const sort = word.slice(0, colon);
  const match = word.slice(colon + 1);
  if (match === '') throw new ExpressionError(`\`${word}\` is cut off behind the colon`, column);
  if (isAttribute(sort)) return equality(sort, match, column);
  if (match.includes('%(')) throw new ExpressionError(`\`${sort}:\` cannot be followed by \`${match}\``, column);
  if (sort === 'role') return { is: 'role', role: match };
  if (sort === 'rule') return { is: 'rule', rule: match };
  const known = ['role', 'rule', ...attributes].map((one) => `${one}:`).join(', ');
  throw new ExpressionError(`\`${sort}:\` is not known, only ${known}, @ and !`, column);
}

function equality(mine: Attribute, match: string, column: number): Expression {
  if (!match.includes('%')) return { is: 'equal', mine, word: match };
  const its = match.startsWith('%(') && match.endsWith(')s') ? match.slice(2, -2) : '';
  if (its === 'project_id') return { is: 'equal', mine, its };
  if (its === 'user_id') {
    const instead = `write \`project_id:%(project_id)s\`, or \`${mine}:\` and an id`;
    throw new ExpressionError(`\`${match}\` is not known: the record does not keep who made what; ${instead}`, column);
  }
  throw new ExpressionError(`\`${match}\` is not known, only %(project_id)s`, column);
}

function isAttribute(word: string): word is Attribute {
  return (attributes as readonly string[]).includes(word);
}

function columnOf(text: string, index: number): number {
  return [...text.slice(0, index)].length + 1;
}
