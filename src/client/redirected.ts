import { field, type Send } from './exchange.ts';

const redirections = new Set([301, 302, 303, 307, 308]);
const mostSteps = 5;

/** Follows redirections of what only reads, within one server: credentials must not go astray. */
export function redirected(send: Send): Send {
  return async (request) => {
    let next = request;
    for (let step = 0; ; step++) {
      const exchange = await send(next);
      const { status, headers } = exchange.response;
      const location = field(headers, 'location');
      const reads = request.method === 'GET' || request.method === 'HEAD';
      if (!reads || !redirections.has(status) || location === undefined || step >= mostSteps) return exchange;
      const url = URL.parse(location, next.url);
      if (url === null || url.origin !== new URL(next.url).origin) return exchange;
      next = { ...next, url: url.href };
    }
  };
}
