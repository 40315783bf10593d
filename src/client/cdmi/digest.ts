import { createHash } from 'node:crypto';
import type { RemoteObject } from './remote-object.ts';

const algorithms = { SHA160: 'sha1', SHA256: 'sha256' } as const;

/** The hash algorithms of CDMI that are known here, as `node:crypto` calls them. */
export type DigestAlgorithm = (typeof algorithms)[keyof typeof algorithms];

/** The hash that a server shows of a value (ISO/IEC 17826 §16.4). */
export interface ShownDigest {
  readonly algorithm: DigestAlgorithm;
  /** In lower-case hexadecimal digits. */
  readonly digest: string;
}

/** The hash of a value; undefined where the server shows none, or one that is not known here. */
export function digestOf({ metadata }: RemoteObject): ShownDigest | undefined {
  const { cdmi_hash: hash, cdmi_value_hash_provided: provided, cdmi_value_hash: wished } = metadata;
  const name = String(provided ?? wished ?? '');
  if (typeof hash !== 'string' || hash === '' || !Object.hasOwn(algorithms, name)) return undefined;
  return { algorithm: algorithms[name as keyof typeof algorithms], digest: hash.toLowerCase() };
}

/** Hashes of bytes that pass once, while nobody knows yet which will be asked for. */
export class RunningDigest {
  readonly #hashes = Object.values(algorithms).map((name) => [name, createHash(name)] as const);

  update(bytes: Uint8Array): void {
    for (const [, hash] of this.#hashes) hash.update(bytes);
  }

  of(algorithm: DigestAlgorithm): string {
    return (this.#hashes.find(([name]) => name === algorithm) ?? this.#hashes[0])?.[1].copy().digest('hex') ?? '';
  }
}

/** The hash of bytes that can be read again. */
export async function digestOfBytes(bytes: AsyncIterable<Uint8Array>, algorithm: DigestAlgorithm): Promise<string> {
  const hash = createHash(algorithm);
  for await (const piece of bytes) hash.update(piece);
  return hash.digest('hex');
}
