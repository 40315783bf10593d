/** What a span is about. */
export interface SpanOptions {
  /** Which side of an exchange it is, or neither. */
  readonly kind?: 'server' | 'client';
  /** What it is part of, where nothing that this process does is (W3C Trace Context). */
  readonly traceparent?: string;
  readonly attributes?: SpanAttributes;
}

export type SpanAttributes = Readonly<Record<string, string | number>>;

/** A span that has not ended yet. */
export interface OpenSpan {
  /** As others have to be told it, so that what they do is part of it. */
  readonly traceparent: string;
  rename(name: string): void;
  set(attributes: SpanAttributes): void;
  /** Says that it has gone wrong. */
  fail(message: string): void;
}

/** Tells a collector what the process does, when, and as part of what. */
export interface Tracer {
  /**
   * Does something as a span, below the one within which it is called; outside of any below `traceparent`, or else as
   * the beginning of a trace. What `work` throws is on the span, and thrown.
   */
  span<T>(name: string, options: SpanOptions, work: (span: OpenSpan) => Promise<T>): Promise<T>;
  /** Whether a span has been begun within which this is called. */
  readonly isWithin: boolean;
  /** Hands over what has not been handed over yet. Never rejects. */
  close(): Promise<void>;
}
