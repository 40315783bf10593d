/** The query interface (GFD.223 §9) and its second address (RFC 8615, GFD.185 §3.6.7). */
export const queryInterfacePaths: readonly string[] = ['/-/', '/.well-known/org/ogf/occi/-/'];

/** What the project of a client uses, and may use. */
export const quotaPath = '/-/quota/';

/** Paths for whoever watches over the process. */
export const healthPath = '/healthz';
export const readinessPath = '/readyz';
export const metricsPath = '/metrics';

/** The root of CDMI; reserved also where that is off, so that it can be switched on. */
export const cdmiPath = '/cdmi/';

/** First segments. */
const reserved: ReadonlySet<string> = new Set([
  '/-',
  '/.well-known',
  healthPath,
  readinessPath,
  metricsPath,
  cdmiPath.slice(0, -1),
]);

/** Whether a path is the gateway's own, so that no entity and no collection can be there. */
export function isReserved(path: string): boolean {
  const end = path.indexOf('/', 1);
  return reserved.has(end === -1 ? path : path.slice(0, end));
}
