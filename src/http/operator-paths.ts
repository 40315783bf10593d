import { healthPath, metricsPath, readinessPath } from '../gateway/reserved-paths.ts';
import { OcciError } from '../occi/errors.ts';
import type { Exposition } from './metrics/metrics.ts';
import { type ReplyHeaders, reply } from './reply.ts';

/** What is asked for by whoever watches over the process. */
export interface OperatorOptions {
  /** Resolves when requests can be served; rejects with what is missing. */
  readonly ready: () => Promise<void>;
  /** Measurements, where they can be read here. */
  readonly metrics?: Exposition;
}

type OperatorPath = typeof healthPath | typeof readinessPath | typeof metricsPath;

/** Whether a location is for whoever watches over the process. */
export function isForOperators(location: string | undefined): location is OperatorPath {
  return location === healthPath || location === readinessPath || location === metricsPath;
}

const plain = { contentType: 'text/plain; charset=utf-8' };

/** Liveness, readiness and metrics. */
export async function onOperatorPath(
  { ready, metrics }: OperatorOptions,
  location: OperatorPath,
  method: string,
  headers: ReplyHeaders,
): Promise<Response> {
  if (location === metricsPath && metrics === undefined) {
    throw new OcciError('not-found', 'measurements are not told here; they have a port of their own');
  }
  if (method !== 'GET' && method !== 'HEAD') {
    throw new OcciError('method-not-allowed', `${method} is not defined here`, { allow: ['GET', 'HEAD'] });
  }
  if (location === healthPath) return reply(200, { ...plain, body: 'alive' }, headers);
  if (location === metricsPath) return reply(200, await (metrics as Exposition)(), headers);
  try {
    await ready();
    return reply(200, { ...plain, body: 'ready' }, headers);
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'not ready';
    return reply(503, { ...plain, body: reason }, { ...headers, 'retry-after': '5' });
  }
}
