import { createHash } from 'node:crypto';
import { OcciError } from '../occi/errors.ts';
import type { Run } from './data-object-draft.ts';
import type { HashAlgorithm, ValueHash } from './metadata/value-hash.ts';
import { invalid } from './refusals.ts';
import { Utf8Check } from './utf8-check.ts';
import { type Value, whole } from './values/value.ts';
import { StorageFull, type ValueStore } from './values/value-store.ts';

/** A run of bytes that has been written and belongs to no object yet. */
export interface WrittenRun {
  /** Where the first one goes; see {@link Run}. */
  readonly at?: number;
  readonly value: Value;
  /** Whether they are UTF-8; undefined where nobody wanted to know. */
  readonly isUtf8: boolean | undefined;
  readonly hash: ValueHash | undefined;
  /** Gives them up: nobody will ever refer to them. */
  discard(): Promise<void>;
}

/** What is to be found out about bytes on their way. */
export interface Questions {
  readonly utf8?: boolean;
  readonly hash?: HashAlgorithm | undefined;
}

/**
 * Writes bytes as they come.
 *
 * @throws OcciError `insufficient-storage`; `invalid-request` when there are not as many as was said
 * @throws whatever the source throws
 */
export async function writeRun(
  values: ValueStore,
  { at, length, bytes: source, isBinary }: Run,
  { utf8 = false, hash }: Questions,
): Promise<WrittenRun> {
  const text = utf8 ? new Utf8Check() : undefined;
  const sum = hash === undefined ? undefined : createHash(hash);
  const watched = async function* () {
    let size = 0;
    for await (const bytes of source) {
      text?.update(bytes);
      sum?.update(bytes);
      size += bytes.length;
      yield bytes;
    }
    if (length !== undefined && size !== length) throw invalid(`the range has ${length} bytes, but ${size} came`);
  };
  try {
    const written = await values.write(watched());
    const digest = sum?.digest('hex').toUpperCase();
    return {
      ...(at !== undefined && { at }),
      value: whole(written),
      isUtf8: isBinary ? false : text?.end(),
      hash: hash === undefined || digest === undefined ? undefined : { algorithm: hash, digest },
      discard: () => values.remove(written.key),
    };
  } catch (error) {
    if (!(error instanceof StorageFull)) throw error;
    throw new OcciError('insufficient-storage', 'there is no room for this value', {}, { cause: error });
  }
}
