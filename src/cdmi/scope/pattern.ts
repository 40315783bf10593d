import { RE2JS } from 're2js';
import { OcciError, quoteToken } from '../../occi/errors.ts';

/** Whether a text has, somewhere in it, what a pattern describes. */
export type Pattern = (text: string) => boolean;

/** Instructions a pattern may become: the time of a match grows with them, and with the length of the text. */
const mostInstructions = 256;

/** Characters of a text that are looked at. */
const longestText = 65_536;

/**
 * Compiles a POSIX extended regular expression (IEEE Std 1003.1, 9.4). It runs in an automaton, so nobody can send one
 * that takes for ever. What the language leaves undefined, such as `\d`, is what RE2 makes of it.
 *
 * @throws OcciError `bad-filter`
 */
export function compilePattern(text: string): Pattern {
  const program = compile(text);
  const size = program.programSize();
  if (size > mostInstructions) throw refused(text, `is too big: ${size} steps, more than ${mostInstructions}`);
  return (one) => program.test(one.slice(0, longestText));
}

function compile(text: string): RE2JS {
  try {
    return RE2JS.compile(withLiteralBackslashes(text), RE2JS.DOTALL);
  } catch (error) {
    throw refused(text, `is none: ${error instanceof Error ? error.message : error}`);
  }
}

/** Between brackets, a backslash is a character as any other to POSIX, and the beginning of an escape to RE2. */
function withLiteralBackslashes(text: string): string {
  let written = '';
  let at = 0;
  while (at < text.length) {
    const end = text[at] === '[' ? endOfBrackets(text, at) : at + (text[at] === '\\' ? 2 : 1);
    const piece = text.slice(at, end);
    written += piece.startsWith('[') ? piece.replaceAll('\\', '\\\\') : piece;
    at = end;
  }
  return written;
}

/** Behind the bracket that closes one; one that comes first is meant as a character, and `[:alpha:]` has its own. */
function endOfBrackets(text: string, start: number): number {
  let at = start + 1;
  if (text[at] === '^') at++;
  if (text[at] === ']') at++;
  while (at < text.length && text[at] !== ']') {
    const mark = text[at] === '[' ? text[at + 1] : undefined;
    const close = mark === ':' || mark === '.' || mark === '=' ? text.indexOf(`${mark}]`, at + 2) : -1;
    at = close === -1 ? at + 1 : close + 2;
  }
  return at + 1;
}

function refused(text: string, problem: string): OcciError {
  return new OcciError('bad-filter', `the regular expression ${quoteToken(text)} ${problem}`, { token: text });
}
