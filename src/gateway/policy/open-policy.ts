import { readFile } from 'node:fs/promises';
import type { Model } from '../../occi/model.ts';
import { type Followed, type FollowerLog, followFile } from '../followed-file.ts';
import { Policy } from './policy.ts';
import { readPolicy } from './policy-file.ts';
import { PolicyError } from './rules.ts';

/** Where a policy comes from. */
export interface PolicyOptions {
  /** The file of the operator; without it the defaults are all there is. */
  readonly file?: string | undefined;
  /** What the provider defines; mixins that are added at run time make no difference. */
  readonly model: Model;
  readonly log: FollowerLog;
  /** Milliseconds between looks at the file; one second. */
  readonly everyMs?: number;
}

/** A policy that follows its file. */
export type OpenPolicy = Followed<Policy>;

/**
 * Opens a policy that follows its file.
 *
 * @throws PolicyError when the file cannot be read or is wrong
 */
export async function openPolicy({ file, model, log, everyMs }: PolicyOptions): Promise<OpenPolicy> {
  if (file === undefined) return { current: new Policy(model), close() {} };
  const read = async () => readPolicy(await textOf(file), file, model);
  return followFile({ file, name: 'policy', read, log, everyMs });
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new PolicyError([`${file}: ${(error as Error).message}`]);
  }
}
