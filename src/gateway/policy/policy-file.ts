import { isMap, isScalar, parseDocument } from 'yaml';
import type { Model } from '../../occi/model.ts';
import type { Expression } from './expression.ts';
import { ExpressionError, parse } from './parse-expression.ts';
import { Policy } from './policy.ts';
import { PolicyError } from './rules.ts';

/**
 * Reads a policy file: a YAML mapping of names to what the rules say, in the language of oslo.policy.
 *
 * @param name what the file is called in messages
 * @throws PolicyError with a line for each mistake
 */
export function readPolicy(text: string, name: string, model: Model): Policy {
  try {
    return new Policy(model, rulesIn(text));
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    throw new PolicyError(error.mistakes.map((mistake) => `${name}: ${mistake}`));
  }
}

function rulesIn(text: string): ReadonlyMap<string, Expression> {
  const document = parseDocument(text, { prettyErrors: true });
  const problems = [...document.errors, ...document.warnings];
  if (problems.length > 0) throw new PolicyError(problems.map(({ message }) => firstLine(message)));
  const { contents } = document;
  const rules = new Map<string, Expression>();
  if (contents === null || (isScalar(contents) && contents.value === null)) return rules;
  if (!isMap(contents)) throw new PolicyError(['it has to be a mapping of names to rules']);
  const mistakes: string[] = [];
  for (const { key, value } of contents.items) {
    const name = isScalar(key) && typeof key.value === 'string' ? key.value : undefined;
    if (name === undefined || !/^[^\s()%]+$/.test(name)) {
      mistakes.push(`${String(name ?? key)}: the name of a rule is one word`);
      continue;
    }
    const says = isScalar(value) ? (value.value ?? '') : value;
    if (typeof says !== 'string') mistakes.push(`${name}: a rule is text; the form of lists is not supported`);
    else {
      try {
        rules.set(name, parse(says));
      } catch (error) {
        if (!(error instanceof ExpressionError)) throw error;
        mistakes.push(`${name}: ${error.message}`);
      }
    }
  }
  if (mistakes.length > 0) throw new PolicyError(mistakes);
  return rules;
}

/** Without the excerpt of the file that comes with it. */
function firstLine(message: string): string {
  return (message.split('\n')[0] ?? message).replace(/:$/, '');
}
