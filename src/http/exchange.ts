import type { Credentials } from '../gateway/credentials.ts';
import type { Trail } from '../gateway/trail.ts';
import type { Incoming } from './incoming.ts';

/** What a request is for, as far as it got: kinds of targets, of which there are few, and never paths. */
export const routes = ['unknown', 'operator', 'query', 'kind', 'mixin', 'path', 'entity', 'cdmi', 'nothing'] as const;

export type Route = (typeof routes)[number];

/** A request and what becomes of it, for whoever logs, counts and records. It is filled in on the way to the answer. */
export interface Exchange {
  readonly incoming: Incoming;
  readonly requestId: string;
  /** When it arrived, by `performance.now()`. */
  readonly started: number;
  /** `unknown` when it was refused before anybody looked for the target. */
  route: Route;
  /** What it is part of, as a header says or as a span has it (W3C Trace Context). */
  traceparent: string | undefined;
  /** Who sent it; undefined until that has been proven. */
  credentials: Credentials | undefined;
  /** What it came to; undefined where nobody records that. */
  trail: Trail | undefined;
  /** The media type of the answer; undefined where there was nothing to choose. */
  mediaType: string | undefined;
  status: number;
  /** From its arrival until there was an answer, in milliseconds. */
  ms: number;
  /** What was thrown, if something was. */
  failure: unknown;
}

/** Is told of every request when there is an answer to it. It does not throw. */
export type Witness = (exchange: Exchange) => void;
