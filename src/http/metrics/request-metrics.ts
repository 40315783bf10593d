import { Counter, Gauge, type Registry } from 'prom-client';
import { type Route, routes, type Witness } from '../exchange.ts';
import { type Histogram, HistogramFamily, seconds } from './histogram.ts';

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'other'];
/** Anybody may invent methods, and each would be series of its own. */
const other = methods.length - 1;

/** Requests with the same labels. */
interface Cell {
  count: number;
  readonly labels: Readonly<Record<'route' | 'method' | 'status' | 'rendering', string>>;
  readonly durations: Histogram;
}

/** Most that a status can be. */
const statuses = 1000;

/**
 * Counts requests and how long they take, until there is an answer: what is streamed then takes as long as the client
 * does.
 */
export function requestMetrics(registry: Registry, inFlight: () => number): Witness {
  new Gauge({
    name: 'occi_requests_in_flight',
    help: 'Requests that are being answered',
    registers: [registry],
    collect() {
      this.set(inFlight());
    },
  });
  const cells = new Map<number, Cell>();
  new Counter({
    name: 'occi_requests_total',
    help: 'Requests that were answered, by the sort of their target, method, status and media type of the answer',
    labelNames: ['route', 'method', 'status', 'rendering'],
    registers: [registry],
    collect() {
      this.reset();
      for (const { labels, count } of cells.values()) this.inc(labels, count);
    },
  });
  const family = new HistogramFamily(
    registry,
    'occi_request_duration_seconds',
    'Time until there was an answer, by the sort of the target and method',
    seconds,
  );
  const durations = new Map<string, Histogram>();
  const renderings = new Map<string | undefined, number>();

  function newCell(route: Route, method: string, status: number, rendering: string): Cell {
    const key = `${route} ${method}`;
    const histogram = durations.get(key) ?? family.with({ route, method });
    durations.set(key, histogram);
    return { count: 0, labels: { route, method, status: String(status), rendering }, durations: histogram };
  }

  return ({ route, incoming, status, mediaType, ms }) => {
    let rendering = renderings.get(mediaType);
    if (rendering === undefined) {
      rendering = renderings.size;
      renderings.set(mediaType, rendering);
    }
    const found = methods.indexOf(incoming.method);
    const method = found === -1 ? other : found;
    const key = ((rendering * routes.length + routes.indexOf(route)) * methods.length + method) * statuses + status;
    let cell = cells.get(key);
    if (cell === undefined) {
      cell = newCell(route, methods[method] as string, status, mediaType ?? 'none');
      cells.set(key, cell);
    }
    cell.count += 1;
    cell.durations.observe(ms / 1000);
  };
}
