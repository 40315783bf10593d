import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ModelFragment } from '../occi/model.ts';
import { type Issue, modelFile } from './model-schema.ts';

/**
 * The model files that come with the gateway, as absolute paths, in the order in which a query interface lists their
 * categories. `spec/` is beside `src/`, in the repository and in the build output.
 */
export const builtInModelFiles: readonly string[] = ['core', 'infrastructure', 'crtp', 'contextualization'].map(fileOf);

/** What comes on top of them where CDMI is served. */
export const cdmiModelFile: string = fileOf('cdmi');

function fileOf(document: string): string {
  return fileURLToPath(new URL(`../../spec/model/${document}.json`, import.meta.url));
}

/**
 * The built-in model files and those of an operator: files, or directories whose `*.json` are meant. The operator's
 * come after the built-in ones, sorted by file name.
 *
 * @throws Error as {@link readModelFiles} does
 */
export function loadModelFiles(extra: readonly string[] = []): readonly ModelFragment[] {
  return readModelFiles([...builtInModelFiles, ...extra.flatMap(filesAt).toSorted(byName)]);
}

/**
 * Exactly these model files, in this order. Whether they fit together is for the Model to say.
 *
 * @throws Error whose message has a line for each mistake in any of the files: the file, the place inside it, what is
 *   wrong
 */
export function readModelFiles(files: readonly string[]): readonly ModelFragment[] {
  const problems: string[] = [];
  const fragments = files.flatMap((file) => {
    try {
      const result = modelFile.safeParse(JSON.parse(readFileSync(file, 'utf8')));
      if (result.success) return [result.data];
      problems.push(...result.error.issues.map((issue) => `${file}: ${describe(issue)}`));
    } catch (error) {
      problems.push(`${file}: ${(error as Error).message}`);
    }
    return [];
  });
  if (problems.length > 0) throw new Error(problems.join('\n'));
  return fragments;
}

function filesAt(place: string): readonly string[] {
  if (!statSync(place, { throwIfNoEntry: false })?.isDirectory()) return [place];
  return readdirSync(place)
    .filter((name) => name.endsWith('.json'))
    .map((name) => join(place, name));
}

function byName(a: string, b: string): number {
  const [left, right] = [basename(a), basename(b)];
  return left < right ? -1 : Number(left > right);
}

/** `kinds[2].attributes["occi.compute.cores"].type: must be …` */
function describe(issue: Issue): string {
  const place = issue.path
    .map((step) => {
      if (typeof step === 'number') return `[${step}]`;
      return /^[a-z]\w*$/i.test(String(step)) ? `.${String(step)}` : `[${JSON.stringify(step)}]`;
    })
    .join('')
    .replace(/^\./, '');
  const problem = issue.code === 'invalid_key' ? (issue.issues[0]?.message ?? issue.message) : issue.message;
  return place === '' ? problem : `${place}: ${problem}`;
}
