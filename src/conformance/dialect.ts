import type { Rendering } from '../client/rendering.ts';

/** The versions of OCCI that can be spoken. */
export const versions = ['1.1', '1.2'] as const;
export type Version = (typeof versions)[number];

/** One way to speak with a server: what `User-Agent`, `Accept` and the requests themselves are like. */
export interface Dialect {
  readonly version: Version;
  readonly rendering: Rendering;
}

/** All ways: there is no JSON in 1.1, and the other names of media types mean the same. */
export const dialects: readonly Dialect[] = [
  { version: '1.2', rendering: 'text/plain' },
  { version: '1.2', rendering: 'text/occi' },
  { version: '1.2', rendering: 'application/occi+json' },
  { version: '1.1', rendering: 'text/plain' },
  { version: '1.1', rendering: 'text/occi' },
];

/** A dialect as people read it. */
export function dialectName({ version, rendering }: Dialect): string {
  return `OCCI ${version} in ${rendering}`;
}
