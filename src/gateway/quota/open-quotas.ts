import { readFile } from 'node:fs/promises';
import type { Model } from '../../occi/model.ts';
import { type Followed, type FollowerLog, followFile } from '../followed-file.ts';
import { readQuotas } from './quota-file.ts';
import { QuotaError, Quotas } from './quotas.ts';

/** Where quotas come from. */
export interface QuotaOptions {
  /** The file of the operator; without it everybody may use as much as he likes. */
  readonly file?: string | undefined;
  readonly model: Model;
  /** See {@link Quotas}. */
  readonly hasObjects: boolean;
  readonly log: FollowerLog;
  /** Milliseconds between looks at the file; one second. */
  readonly everyMs?: number;
}

/**
 * Opens quotas that follow their file.
 *
 * @throws QuotaError when the file cannot be read or is wrong
 */
export async function openQuotas({ file, model, hasObjects, log, everyMs }: QuotaOptions): Promise<Followed<Quotas>> {
  if (file === undefined) return { current: new Quotas(model, {}, hasObjects), close() {} };
  const read = async () => readQuotas(await textOf(file), file, model, hasObjects);
  return followFile({ file, name: 'quotas', read, log, everyMs });
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new QuotaError([`${file}: ${(error as Error).message}`]);
  }
}
