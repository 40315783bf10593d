import { AsyncLocalStorage } from 'node:async_hooks';
import type { Context } from '@opentelemetry/api';
import { version } from '../version.ts';
import type { OpenSpan, Tracer } from './tracer.ts';

/** Where spans go, and whose they are. */
export interface TracerOptions {
  /** The collector (OTLP over HTTP), without `/v1/traces`. */
  readonly endpoint: string;
  /** The name of the service, where `OTEL_SERVICE_NAME` and `OTEL_RESOURCE_ATTRIBUTES` do not say another. */
  readonly service: string;
}

/** How long the collector is waited for at the end, in milliseconds. */
const patienceMs = 2000;

/** Opens a tracer that tells an OpenTelemetry collector. Nothing of OpenTelemetry is loaded before. */
export async function openTracer({ endpoint, service }: TracerOptions): Promise<Tracer> {
  const { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } = await import('@opentelemetry/api');
  const { BatchSpanProcessor, TracerProvider } = await import('@opentelemetry/sdk-trace');
  const { OTLPTraceExporter } = await import('@opentelemetry/exporter-trace-otlp-http');
  const { detectResources, envDetector, resourceFromAttributes } = await import('@opentelemetry/resources');
  const own = resourceFromAttributes({ 'service.name': service, 'service.version': version });
  const exporter = new OTLPTraceExporter({
    url: `${endpoint.replace(/\/$/, '')}/v1/traces`,
    timeoutMillis: patienceMs,
  });
  const provider = new TracerProvider({
    resource: own.merge(detectResources({ detectors: [envDetector] })),
    spanProcessors: [new BatchSpanProcessor({ exporter, scheduledDelayMillis: 1000 })],
  });
  const spans = provider.getTracer('occi-gateway', version);
  const kinds = { server: SpanKind.SERVER, client: SpanKind.CLIENT };
  const active = new AsyncLocalStorage<Context>();

  function contextOf(traceparent: string | undefined): Context {
    const [, traceId, spanId, flags] =
      /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/.exec(traceparent ?? '') ?? [];
    if (traceId === undefined || spanId === undefined || flags === undefined) return ROOT_CONTEXT;
    const traceFlags = Number.parseInt(flags, 16);
    return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags, isRemote: true });
  }

  return {
    get isWithin() {
      return active.getStore() !== undefined;
    },
    async span(name, { kind, traceparent, attributes = {} }, work) {
      const parent = active.getStore() ?? contextOf(traceparent);
      const span = spans.startSpan(
        name,
        { kind: kind === undefined ? SpanKind.INTERNAL : kinds[kind], attributes },
        parent,
      );
      const { traceId, spanId, traceFlags } = span.spanContext();
      const open: OpenSpan = {
        traceparent: `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`,
        rename: (to) => span.updateName(to),
        set: (more) => span.setAttributes(more),
        fail: (message) => span.setStatus({ code: SpanStatusCode.ERROR, message }),
      };
      try {
        return await active.run(trace.setSpan(parent, span), () => work(open));
      } catch (error) {
        open.fail(error instanceof Error ? `${error.name}: ${error.message}` : String(error));
        throw error;
      } finally {
        span.end();
      }
    },
    // That the collector is away is no reason for anything here to fail.
    close: () => provider.shutdown().catch(() => undefined),
  };
}
