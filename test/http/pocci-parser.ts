import { expect } from 'vitest';
import { elementsOf } from './grammar.ts';
import { type Answer, base } from './home-lab.ts';

/**
 * What pOCCI reads, with its strictness: it splits at every `;`, wants all values quoted and none of them empty, knows
 * no other parameters, and takes nothing beside the four fields.
 */
export interface ParsedCategory {
  readonly term: string;
  readonly parameters: ReadonlyMap<string, string>;
}

const parameters = ['scheme', 'class', 'title', 'rel', 'location', 'attributes', 'actions'];

/** The values of a field, from the body in text/plain, or else from the header. */
export function fieldOf({ headers, text }: Answer, name: string): readonly string[] {
  if (headers.get('content-type') === 'text/occi') return elementsOf(headers.get(name));
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  for (const line of lines) expect(line).toMatch(/^(?:Category|Link|X-OCCI-Attribute|X-OCCI-Location):/i);
  const prefix = `${name.toLowerCase()}:`;
  return lines.filter((line) => line.toLowerCase().startsWith(prefix)).map((line) => line.slice(prefix.length).trim());
}

export function categoriesOf(answer: Answer): readonly ParsedCategory[] {
  const parsed = fieldOf(answer, 'Category').map((value): ParsedCategory => {
    const [term = '', ...others] = value.split(';').map((part) => part.trim());
    const found = new Map<string, string>();
    for (const other of others) {
      const [, name = '', quoted, bare] = /^([a-z]+)=(?:"([^"\\]+)"|([a-z]+))$/.exec(other) ?? [];
      expect(parameters, other).toContain(name);
      if (name !== 'class') expect(quoted, other).toBeDefined();
      found.set(name, quoted ?? bare ?? '');
    }
    const attributes = found.get('attributes')?.match(/[^ {]+(?:\{[^}]*\})?/g) ?? [];
    for (const one of attributes)
      expect(one).toMatch(/^[a-z0-9._]+(?:\{(?:required|immutable)(?: (?:required|immutable))*\})?$/);
    return { term, parameters: found };
  });
  const ids = parsed.map(({ term, parameters: found }) => `${found.get('scheme')}${term}`);
  expect(new Set(ids).size).toBe(ids.length);
  return parsed;
}

/** Attributes and links of an entity, with what pOCCI would stumble over. */
export function expectReadableEntity(answer: Answer): void {
  expect(categoriesOf(answer).length).toBeGreaterThan(0);
  for (const one of fieldOf(answer, 'X-OCCI-Attribute')) {
    expect(one).toMatch(/^[a-z0-9._]+=(?:"[^"\\]+"|[0-9.+-]+|true|false)$/);
  }
  for (const link of fieldOf(answer, 'Link')) {
    const [target, ...others] = link.split(';').map((part) => part.trim());
    expect(target).toMatch(/^<\S+>$/);
    for (const other of others) expect(other).toMatch(/^[a-z0-9._]+=(?:"[^"\\]+"|[0-9.+-]+|true|false)$/);
  }
}

/** A location list: absolute URLs, in the body or in the header. */
export function urlsOf(answer: Answer): readonly string[] {
  const urls = fieldOf(answer, 'X-OCCI-Location');
  for (const url of urls) expect(url).toMatch(`${base}/`);
  return urls;
}
