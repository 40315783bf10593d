import type { ConfirmChannel, RecoveringChannelModel } from 'amqplib';

/** What is to be known about a channel. */
export interface SteadyChannelOptions {
  /** What it is for, as it stands in the log. */
  readonly purpose: string;
  /** Declares and consumes what is needed; done anew for every channel. */
  readonly setUp: (channel: ConfirmChannel) => Promise<void>;
  /** Is told when a channel is lost that was usable. */
  readonly onLost?: () => void;
  /** Is told when there is a usable channel again, after one was lost. */
  readonly onReturn?: () => void;
  readonly log: (message: string, detail?: unknown) => void;
}

/** Milliseconds until a channel is opened again that the broker has closed; doubled each time, up to a limit. */
const firstDelayMs = 100;
const longestDelayMs = 5000;

/**
 * A channel that is there again, set up as before, after it was lost: with its connection, because the broker has
 * closed it over a mistake, or because a queue was deleted behind our back.
 */
export class SteadyChannel {
  readonly #options: SteadyChannelOptions;
  readonly #connection: RecoveringChannelModel;
  readonly #waiting = new Set<(channel: ConfirmChannel | undefined) => void>();
  #channel: ConfirmChannel | undefined;
  #retry: NodeJS.Timeout | undefined;
  #delayMs = firstDelayMs;
  #wasUsable = false;
  #closed = false;

  constructor(connection: RecoveringChannelModel, options: SteadyChannelOptions) {
    this.#connection = connection;
    this.#options = options;
    void this.#open();
  }

  /** The channel, when there is one. */
  get current(): ConfirmChannel | undefined {
    return this.#channel;
  }

  /** Resolves with the channel when there is one; with nothing when the time is over or it is closed. */
  async usable(withinMs: number): Promise<ConfirmChannel | undefined> {
    if (this.#channel !== undefined || this.#closed) return this.#channel;
    const { promise, resolve } = Promise.withResolvers<ConfirmChannel | undefined>();
    this.#waiting.add(resolve);
    const timer = setTimeout(resolve, withinMs, undefined);
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(resolve);
    }
  }

  /** Gives the channel up, so that another is opened and set up: something that it needs is gone. */
  renew(reason: string): void {
    this.#options.log(`the channel for ${this.#options.purpose} has to be opened again: ${reason}`);
    this.#channel?.close().catch(() => undefined);
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#retry);
    for (const resolve of this.#waiting) resolve(undefined);
    const channel = this.#channel;
    this.#channel = undefined;
    // It may be gone already, with the connection.
    await channel?.close().catch(() => undefined);
  }

  /** Never rejects. Waits for the connection as long as it takes. */
  async #open(): Promise<void> {
    const { purpose, setUp, log } = this.#options;
    let isOver = false;
    try {
      const channel = await this.#connection.createConfirmChannel();
      channel.on('error', (error) => log(`the broker has closed the channel for ${purpose}`, error));
      channel.on('close', () => {
        isOver = true;
        this.#lost(channel);
      });
      await setUp(channel);
      if (isOver) this.#later();
      else this.#use(channel);
    } catch (error) {
      if (this.#closed) return;
      log(`the channel for ${purpose} cannot be set up`, error);
      this.#later();
    }
  }

  #use(channel: ConfirmChannel): void {
    if (this.#closed) {
      channel.close().catch(() => undefined);
      return;
    }
    this.#channel = channel;
    this.#delayMs = firstDelayMs;
    for (const resolve of this.#waiting) resolve(channel);
    if (this.#wasUsable) this.#options.onReturn?.();
    this.#wasUsable = true;
  }

  #lost(channel: ConfirmChannel): void {
    if (this.#channel !== channel) return;
    this.#channel = undefined;
    this.#options.onLost?.();
    this.#later();
  }

  #later(): void {
    if (this.#closed) return;
    this.#retry = setTimeout(() => void this.#open(), this.#delayMs);
    this.#delayMs = Math.min(2 * this.#delayMs, longestDelayMs);
  }
}
