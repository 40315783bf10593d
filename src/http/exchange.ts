import type { Credentials } from '../gateway/credentials.ts';
import { newTrail, type Trail } from '../gateway/trail.ts';
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

/** A request that has just arrived. */
export function newExchange(incoming: Incoming, keepsTrail: boolean): Exchange {
  return {
    incoming,
    requestId: requestIdOf(incoming.header('x-request-id')),
    started: performance.now(),
    route: 'unknown',
    traceparent: traceparentOf(incoming.header('traceparent')),
    credentials: undefined,
    trail: keepsTrail ? newTrail() : undefined,
    mediaType: undefined,
    status: 0,
    ms: 0,
    failure: undefined,
  };
}

let counter = 0;
const run = Date.now().toString(36);

/** The id a request has been given on its way, where it can be one; otherwise a new one, unique in this process. */
function requestIdOf(sent: string | undefined): string {
  if (sent !== undefined && /^[A-Za-z0-9._-]{1,64}$/.test(sent)) return sent;
  counter += 1;
  return `${run}-${counter.toString(36)}`;
}

/** What the request is part of, where it says so in the form of W3C Trace Context (§3.2). */
function traceparentOf(sent: string | undefined): string | undefined {
  return sent !== undefined && /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/.test(sent) ? sent : undefined;
}
