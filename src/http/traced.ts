import type { Tracer } from '../tracing/tracer.ts';
import type { Exchange } from './exchange.ts';

/** Answers a request as a span. Its path and query are not told, as they are not in the metrics. */
export function traced(tracer: Tracer, exchange: Exchange, respond: () => Promise<Response>): Promise<Response> {
  const { incoming, requestId, traceparent } = exchange;
  const { method } = incoming;
  const attributes = { 'http.request.method': method, 'occi.request_id': requestId };
  return tracer.span(
    method,
    { kind: 'server', attributes, ...(traceparent === undefined ? {} : { traceparent }) },
    async (span) => {
      exchange.traceparent = span.traceparent;
      const response = await respond();
      span.rename(`${method} ${exchange.route}`);
      span.set({ 'http.route': exchange.route, 'http.response.status_code': response.status });
      if (response.status >= 500) span.fail(`${response.status}`);
      return response;
    },
  );
}
