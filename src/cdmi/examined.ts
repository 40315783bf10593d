import { createHash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { OcciError } from '../occi/errors.ts';
import type { HashAlgorithm, ValueHash } from './metadata/value-hash.ts';
import type { Session } from './session.ts';
import { Utf8Check } from './utf8-check.ts';
import { sizeOf, type Value } from './values/value.ts';

type Examining = Pick<Session, 'reader' | 'limits'>;

/** The hash of a value that is there already. @throws OcciError `too-large` */
export async function hashOf(session: Examining, value: Value, algorithm: HashAlgorithm): Promise<ValueHash> {
  const sum = createHash(algorithm);
  for await (const bytes of examined(session, value)) sum.update(bytes);
  return { algorithm, digest: sum.digest('hex').toUpperCase() };
}

/** Whether a value that is there is UTF-8. @throws OcciError `too-large` */
export async function isText(session: Examining, value: Value): Promise<boolean> {
  const text = new Utf8Check();
  for await (const bytes of examined(session, value)) text.update(bytes);
  return text.end();
}

/**
 * Lets a value be read from the beginning. One byte of a request, or none, can be what has all of it read, and zeros
 * take time, too.
 *
 * @throws OcciError `too-large`
 */
export function checkReading({ limits }: Pick<Session, 'limits'>, value: Value): void {
  if (sizeOf(value) <= limits.readBytes) return;
  throw new OcciError(
    'too-large',
    `a value of more than ${limits.readBytes} bytes is not read again, for its hash or to see whether it is text: it has to come as a whole`,
  );
}

/** Zeros are there without waiting, so the others would have to: in bytes. */
const turn = 4_194_304;

async function* examined({ reader, limits }: Examining, value: Value): AsyncGenerator<Uint8Array> {
  checkReading({ limits }, value);
  let taken = 0;
  for await (const bytes of reader.read(value, 0, sizeOf(value))) {
    yield bytes;
    taken += bytes.length;
    if (taken < turn) continue;
    taken = 0;
    await nextTurn();
  }
}
