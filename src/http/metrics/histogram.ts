import type { Metric, Registry } from 'prom-client';

type Labels = Readonly<Record<string, string>>;

/** How observations are distributed. To observe is an addition: that of prom-client hashes the labels each time. */
export class Histogram {
  readonly #bounds: readonly number[];
  /** How many fell into each bucket, and above the last bound. */
  readonly #counts: number[];
  #sum = 0;

  /** @param bounds of the buckets, ascending */
  constructor(bounds: readonly number[]) {
    this.#bounds = bounds;
    this.#counts = new Array(bounds.length + 1).fill(0);
  }

  observe(value: number): void {
    let bucket = 0;
    while (bucket < this.#bounds.length && value > (this.#bounds[bucket] as number)) bucket += 1;
    this.#counts[bucket] = (this.#counts[bucket] as number) + 1;
    this.#sum += value;
  }

  /** The series of Prometheus that it comes to. */
  values(metric: string, labels: Labels) {
    let count = 0;
    const buckets = this.#counts.map((own, index) => {
      count += own;
      const le = index < this.#bounds.length ? String(this.#bounds[index]) : '+Inf';
      return { metricName: `${metric}_bucket`, labels: { ...labels, le }, value: count };
    });
    return [
      ...buckets,
      { metricName: `${metric}_sum`, labels, value: this.#sum },
      { metricName: `${metric}_count`, labels, value: count },
    ];
  }
}

/** Histograms of one name, in the form in which a registry of prom-client asks for them. */
export class HistogramFamily {
  readonly name: string;
  readonly #help: string;
  readonly #bounds: readonly number[];
  readonly #members: (readonly [Labels, Histogram])[] = [];

  constructor(registry: Registry, name: string, help: string, bounds: readonly number[]) {
    this.name = name;
    this.#help = help;
    this.#bounds = bounds;
    // A registry needs no more of a metric than its name and its values; its type asks for one of prom-client's own.
    registry.registerMetric(this as unknown as Metric);
  }

  /** A further one, with labels that no other has. */
  with(labels: Labels): Histogram {
    const histogram = new Histogram(this.#bounds);
    this.#members.push([labels, histogram]);
    return histogram;
  }

  async get() {
    const values = this.#members.flatMap(([labels, histogram]) => histogram.values(this.name, labels));
    return { name: this.name, help: this.#help, type: 'histogram', aggregator: 'sum', values };
  }
}

/** Bounds for what takes between half a millisecond and half a minute, in seconds. */
export const seconds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
