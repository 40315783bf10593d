import { Counter, Gauge, type Registry } from 'prom-client';
import { NoReply, NoServer, RemoteError } from '../../messaging/message.ts';
import type { Transport } from '../../messaging/transport.ts';
import { type Histogram, HistogramFamily, seconds } from './histogram.ts';

/** What becomes of a call. */
type Outcome = 'answered' | 'refused' | 'no server' | 'no reply' | 'failed';

/** Counts the messages that the broker has confirmed, and those of them that it gave back because nobody takes them. */
export function publicationMetrics(registry: Registry): (isReturned: boolean) => void {
  const registers = [registry];
  const published = new Counter({
    name: 'occi_broker_published_total',
    help: 'Messages that the broker has confirmed',
    registers,
  });
  const returned = new Counter({
    name: 'occi_broker_returned_total',
    help: 'Messages among them that came back, as there was no queue for them',
    registers,
  });
  return (isReturned) => {
    published.inc();
    if (isReturned) returned.inc();
  };
}

/** The bus, with its calls measured by the service they are for, never by the host. */
export function measuredTransport(transport: Transport, registry: Registry): Transport {
  new Gauge({
    name: 'occi_broker_connected',
    help: 'Whether the message broker can be used',
    registers: [registry],
    async collect() {
      const isThere = await transport.health().then(
        () => true,
        () => false,
      );
      this.set(isThere ? 1 : 0);
    },
  });
  const family = new HistogramFamily(
    registry,
    'occi_rpc_duration_seconds',
    'Time from a call to its answer, by the service that was called and what became of it',
    seconds,
  );
  const members = new Map<string, Histogram>();
  const observe = (topic: string, outcome: Outcome, started: number) => {
    const key = `${topic} ${outcome}`;
    const histogram = members.get(key) ?? family.with({ topic, outcome });
    members.set(key, histogram);
    histogram.observe((performance.now() - started) / 1000);
  };
  return {
    ...transport,
    async call(target, request, options) {
      const started = performance.now();
      try {
        const answer = await transport.call(target, request, options);
        observe(target.topic, 'answered', started);
        return answer;
      } catch (error) {
        observe(target.topic, outcomeOf(error), started);
        throw error;
      }
    },
  };
}

function outcomeOf(error: unknown): Outcome {
  if (error instanceof RemoteError) return 'refused';
  if (error instanceof NoServer) return 'no server';
  return error instanceof NoReply ? 'no reply' : 'failed';
}
