/** A regular expression in a source file. */
export interface PatternLiteral {
  readonly source: string;
  readonly flags: string;
  readonly line: number;
}

/** What a file has of regular expressions, and what is left of its text without them, its comments and its strings. */
export interface Scanned {
  readonly patterns: readonly PatternLiteral[];
  readonly rest: string;
}

/** After these a slash begins a regular expression, although they look like names. */
const operators = /(?:^|[^\w$.])(?:return|typeof|case|in|of|await|yield|void|delete|throw|else|do)$/;

/** Finds the regular expressions of a TypeScript file, formatted as ours are. */
export function scanPatterns(text: string): Scanned {
  const patterns: PatternLiteral[] = [];
  let rest = '';
  let at = 0;

  const skipString = (quote: string) => {
    at += 1;
    while (text[at] !== quote) at += text[at] === '\\' ? 2 : 1;
    at += 1;
    rest += quote;
  };
  const skipTemplate = () => {
    at += 1;
    while (text[at] !== '`') {
      if (text.startsWith('${', at)) {
        at += 2;
        rest += '(';
        code('}');
        at += 1;
      } else at += text[at] === '\\' ? 2 : 1;
    }
    at += 1;
    rest += '`';
  };
  const takePattern = () => {
    const begin = at;
    let isInClass = false;
    for (at += 1; text[at] !== '/' || isInClass; at += 1) {
      if (text[at] === '\n' || at >= text.length) throw new Error(`no end of ${text.slice(begin, begin + 40)}`);
      if (text[at] === '\\') at += 1;
      else if (text[at] === '[') isInClass = true;
      else if (text[at] === ']') isInClass = false;
    }
    const source = text.slice(begin + 1, at);
    const flags = /^[a-z]*/.exec(text.slice(at + 1))?.[0] ?? '';
    at += 1 + flags.length;
    patterns.push({ source, flags, line: text.slice(0, begin).split('\n').length });
    rest += ')';
  };
  const code = (end: string | undefined) => {
    let depth = 0;
    while (at < text.length) {
      const character = text[at] as string;
      if (depth === 0 && character === end) return;
      if (text.startsWith('//', at) || (at === 0 && text.startsWith('#!'))) {
        at = text.indexOf('\n', at);
        if (at === -1) at = text.length;
      } else if (text.startsWith('/*', at)) at = text.indexOf('*/', at) + 2;
      else if (character === "'" || character === '"') skipString(character);
      else if (character === '`') skipTemplate();
      else if (character === '/' && mayBegin(rest)) takePattern();
      else {
        if (character === '{') depth += 1;
        if (character === '}') depth -= 1;
        rest += character;
        at += 1;
      }
    }
  };
  code(undefined);
  return { patterns, rest };
}

/** Whether a slash after some code is the beginning of a regular expression: where no value has been before it. */
function mayBegin(before: string): boolean {
  const trimmed = before.trimEnd();
  return !/[\w$)\]}'"`]$/.test(trimmed) || operators.test(trimmed.slice(-20));
}
