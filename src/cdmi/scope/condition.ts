import { OcciError, quoteToken, shorten } from '../../occi/errors.ts';
import { compilePattern } from './pattern.ts';

/**
 * Whether a field is as a condition of a scope wants it (ISO/IEC 17826 §18).
 *
 * @param texts what the field says: one text, or several where it is a list; undefined where there is no such field
 */
export type Condition = (texts: readonly string[] | undefined) => boolean;

/** Ways to compare that a server may leave out, as the capabilities `cdmi_query_…` name them. */
export type Comparison = 'contains' | 'tags' | 'regex';

/** The same text in the form in which it is compared with others. */
export type Fold = (text: string) => string;

/** `== text`, `#> 10`, `!contains text`, … The space behind a sign need not be there. */
const signs = /^(#?)(==|!=|>=|<=|>|<) ?(.*)$/s;
const words = /^(!?)(starts|ends|contains|tag) (.*)$/s;
const patterns = /^([=!])~ ?(.*)$/s;
const number = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;

/**
 * Reads a condition. A field that is not there fulfils `!*` alone, also where a condition says what it must not be; of
 * a list, one text is enough, and for what begins with `!` there must be none.
 *
 * @param offered what there is beside the comparisons that always are
 * @throws OcciError `bad-filter`
 */
export function readCondition(text: string, offered: readonly Comparison[], fold: Fold = asItIs): Condition {
  if (text === '*') return (texts) => texts !== undefined;
  if (text === '!*') return (texts) => texts === undefined;
  const need = (comparison: Comparison): void => {
    if (!offered.includes(comparison)) throw wrong(text, `cdmi_query_${comparison} is not offered here`);
  };
  const [, hash, sign, constant = ''] = signs.exec(text) ?? [];
  if (sign !== undefined) return hash === '#' ? ofNumbers(text, sign, constant) : ofTexts(sign, fold(constant), fold);
  const [, not, word, part = ''] = words.exec(text) ?? [];
  if (word !== undefined) {
    if (word === 'contains') need('contains');
    if (word === 'tag') need('tags');
    return asked(not === '!', ofWord(word, fold(part), fold));
  }
  const [, match, pattern = ''] = patterns.exec(text) ?? [];
  if (match === undefined) throw wrong(text, 'it must begin with one of ==, !=, >, starts, contains, *, …');
  need('regex');
  return asked(match === '!', compilePattern(pattern));
}

type Test = (text: string) => boolean;

function asked(not: boolean, test: Test): Condition {
  return (texts) => texts?.some(test) === !not;
}

function ofTexts(sign: string, constant: string, fold: Fold): Condition {
  const equal: Test = (text) => fold(text) === constant;
  if (sign === '==' || sign === '!=') return asked(sign === '!=', equal);
  const bytes = Buffer.from(constant);
  const holds = ofOrder(sign);
  return asked(false, (text) => holds(Buffer.compare(Buffer.from(fold(text)), bytes)));
}

/** What is no number fulfils nothing, also not that it is unequal. */
function ofNumbers(condition: string, sign: string, constant: string): Condition {
  if (!number.test(constant)) throw wrong(condition, `${quoteToken(constant)} is no number`);
  const holds = ofOrder(sign);
  return asked(false, (text) => number.test(text) && holds(Number(text) - Number(constant)));
}

function ofOrder(sign: string): (order: number) => boolean {
  switch (sign) {
    case '==':
      return (order) => order === 0;
    case '!=':
      return (order) => order !== 0;
    case '>':
      return (order) => order > 0;
    case '>=':
      return (order) => order >= 0;
    case '<':
      return (order) => order < 0;
    default:
      return (order) => order <= 0;
  }
}

function ofWord(word: string, constant: string, fold: Fold): Test {
  switch (word) {
    case 'starts':
      return (text) => fold(text).startsWith(constant);
    case 'ends':
      return (text) => fold(text).endsWith(constant);
    case 'contains':
      return (text) => fold(text).includes(constant);
    default: {
      const wanted = tagsIn(constant);
      return (text) => {
        const tags = new Set(tagsIn(text));
        return wanted.every((tag) => tags.has(tag));
      };
    }
  }
}

/** Words with commas between them, in whatever case, with or without spaces. */
function tagsIn(text: string): readonly string[] {
  return text.split(',').map((tag) => tag.trim().toLowerCase());
}

function asItIs(text: string): string {
  return text;
}

function wrong(condition: string, problem: string): OcciError {
  return new OcciError('bad-filter', `the condition ${quoteToken(condition)} is not understood: ${shorten(problem)}`, {
    token: condition,
  });
}
