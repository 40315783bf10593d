import type { BigIntStats } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import type { Model } from '../../occi/model.ts';
import { Policy } from './policy.ts';
import { readPolicy } from './policy-file.ts';
import { PolicyError } from './rules.ts';

/** Where a policy comes from. */
export interface PolicyOptions {
  /** The file of the operator; without it the defaults are all there is. */
  readonly file?: string | undefined;
  /** What the provider defines; mixins that are added at run time make no difference. */
  readonly model: Model;
  readonly log: PolicyLog;
  /** Milliseconds between looks at the file; one second. */
  readonly everyMs?: number;
}

/** The part of a pino logger that is used. */
export interface PolicyLog {
  info(details: object, message: string): void;
  error(details: object, message: string): void;
}

/** A policy that follows its file. */
export interface OpenPolicy {
  /** As it is now. A request keeps the one it began with. */
  readonly current: Policy;
  close(): void;
}

/**
 * Opens a policy. When the file changes, its rules take the place of the old ones all at once; when they are wrong, the
 * log says so and the old ones go on.
 *
 * Files are replaced in many ways: written in place, renamed over, a symbolic link turned elsewhere, on file systems
 * that tell nobody. So it is looked at time and again, and read when it has not changed since the look before: who
 * writes slowly is not taken at half a word.
 *
 * @throws PolicyError when the file cannot be read or is wrong
 */
export async function openPolicy({ file, model, log, everyMs = 1000 }: PolicyOptions): Promise<OpenPolicy> {
  if (file === undefined) return { current: new Policy(model), close() {} };
  const read = async () => readPolicy(await textOf(file), file, model);
  let applied = await stampOf(file);
  let current = await read();
  let seen = applied;

  const look = async () => {
    const stamp = await stampOf(file);
    const isSettled = stamp === seen;
    seen = stamp;
    if (!isSettled || stamp === applied) return;
    applied = stamp;
    try {
      current = await read();
      log.info({ file }, 'policy changed');
    } catch (error) {
      log.error({ file, err: error }, 'policy not changed, the one before goes on');
    }
  };

  let isLooking = false;
  const timer = setInterval(async () => {
    if (isLooking) return;
    isLooking = true;
    await look();
    isLooking = false;
  }, everyMs).unref();
  return {
    get current() {
      return current;
    },
    close: () => clearInterval(timer),
  };
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new PolicyError([`${file}: ${(error as Error).message}`]);
  }
}

/** What is different for every state of a file; the same while it is away. */
async function stampOf(file: string): Promise<string> {
  const stats: BigIntStats | undefined = await stat(file, { bigint: true }).catch(() => undefined);
  return stats === undefined ? 'away' : [stats.dev, stats.ino, stats.size, stats.mtimeNs, stats.ctimeNs].join(' ');
}
