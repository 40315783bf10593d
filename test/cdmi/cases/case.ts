import { globSync, readFileSync } from 'node:fs';
import { z } from 'zod';

/**
 * What a server of CDMI does, step by step, as data. In paths and bodies `~` is the container of the case, below which
 * it works, and `<name>` what an earlier step has kept, `<name:lower>` the same in lower case.
 */
const json = z.json();

/** What something is to be: the value itself, or what is known of it. */
const expected = z.union([
  z.object({ is: z.enum(['there', 'absent', 'an id', 'a time']) }).strict(),
  z.object({ matches: z.string() }).strict(),
  /** There, and another one. */
  z.object({ not: json }).strict(),
  json,
]);

const step = z
  .object({
    /** Method, path and query. */
    send: z.string().regex(/^[A-Z]+ \S+$/),
    /** The type of CDMI that is sent, and asked for in answer. */
    as: z.enum(['object', 'container', 'queue', 'domain', 'capability']).optional(),
    /** The same for requests without a body. */
    for: z.enum(['object', 'container', 'queue', 'domain', 'capability']).optional(),
    /** Which versions the client says it knows, where it is not the usual one. */
    version: z.string().optional(),
    headers: z.record(z.string(), z.string()).optional(),
    json: json.optional(),
    text: z.string().optional(),
    /** Base16. */
    bytes: z.string().optional(),
    status: z.union([z.number(), z.array(z.number())]),
    /** Of the answer. */
    has: z.record(z.string(), expected).optional(),
    /** Fields of the JSON, by their names with dots between them. */
    fields: z.record(z.string(), expected).optional(),
    /** The names of all fields. */
    only: z.array(z.string()).optional(),
    /** The names of the fields that come last, in order. */
    last: z.array(z.string()).optional(),
    /** The body. */
    body: z.union([z.string(), z.object({ matches: z.string() }).strict()]).optional(),
    /** Base16. */
    raw: z.string().optional(),
    /** What is kept for later steps, by names: fields, or headers as `header:<name>`. */
    keep: z.record(z.string(), z.string()).optional(),
  })
  .strict();

const cases = z.array(
  z
    .object({
      /** Ids of requirements, without the `CDMI-` before them. */
      proves: z.array(z.string()).min(1),
      title: z.string(),
      /** The versions of CDMI in which it is so; in all when nothing is said. */
      versions: z.array(z.string()).optional(),
      steps: z.array(step).min(1),
    })
    .strict(),
);

/** A case. */
export type Case = z.output<typeof cases>[number];
export type Step = Case['steps'][number];
export type Expected = z.output<typeof expected>;

/** All cases, by the names of their files. */
export function readCases(): ReadonlyMap<string, readonly Case[]> {
  const files = globSync('*.json', { cwd: import.meta.dirname }).sort();
  return new Map(
    files.map((file) => [
      file.replace('.json', ''),
      cases.parse(JSON.parse(readFileSync(new URL(file, import.meta.url), 'utf8'))),
    ]),
  );
}
