/** What is done with the objects of a domain, as ISO/IEC 17826 §10 counts it. */
export interface Counts {
  /** Requests that made or changed an object. */
  readonly puts: bigint;
  /** Requests that read one. */
  readonly gets: bigint;
  /** Bytes of values that clients have written. */
  readonly writes: bigint;
  /** Bytes of values that were read for clients. */
  readonly reads: bigint;
}

export const nothing: Counts = { puts: 0n, gets: 0n, writes: 0n, reads: 0n };

/** Both of them together. */
export function sum(a: Counts, b: Partial<Counts>): Counts {
  return {
    puts: a.puts + (b.puts ?? 0n),
    gets: a.gets + (b.gets ?? 0n),
    writes: a.writes + (b.writes ?? 0n),
    reads: a.reads + (b.reads ?? 0n),
  };
}
