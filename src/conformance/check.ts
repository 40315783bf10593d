import type { Rendering } from '../client/rendering.ts';
import type { Version } from './dialect.ts';
import type { Trial } from './trial.ts';

/** Something about a server that can be seen from outside. */
export interface Check {
  /** Short and stable, such as `create/says-where`: reports are compared by it. */
  readonly id: string;
  /** The requirements that are not met where it fails. */
  readonly proves: readonly [string, ...string[]];
  /** What is so at a server that conforms. */
  readonly title: string;
  /** In which renderings it is done, once in each; without it once, in any. */
  readonly renderings?: readonly Rendering[];
  /** Of which versions of OCCI it is true; of all when nothing is said. */
  readonly versions?: readonly Version[];
  /** Whether it touches what it has not made. */
  readonly isDestructive?: boolean;
  /** @throws Unmet, NotApplicable, Inconclusive */
  run(trial: Trial): Promise<void>;
}

/** The renderings in which everything can be said. */
export const everyRendering: readonly Rendering[] = ['text/plain', 'text/occi', 'application/occi+json'];
export const textRenderings: readonly Rendering[] = ['text/plain', 'text/occi'];
export const jsonRendering: readonly Rendering[] = ['application/occi+json'];

/** The server does not do what it has to. The message says what was expected, and what came instead. */
export class Unmet extends Error {
  override readonly name = 'Unmet';
}

/** The server has nothing that this is about. The message says what. */
export class NotApplicable extends Error {
  override readonly name = 'NotApplicable';
}

/** It cannot be told, for a reason that is another check's business. The message says which. */
export class Inconclusive extends Error {
  override readonly name = 'Inconclusive';
}
