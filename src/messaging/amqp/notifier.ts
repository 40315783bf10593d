import type { Notification } from '../message.ts';
import { uniqueId } from '../unique-id.ts';
import type { Publisher } from './publisher.ts';

/** A notification that the broker does not have yet. */
interface Waiting {
  readonly notification: Notification;
  readonly resolve: () => void;
}

/** Milliseconds to wait for the broker before it is looked for again. */
const patienceMs = 60_000;

/** How many are sent before the first of them is confirmed. */
const burst = 256;

export interface NotifierOptions {
  readonly publisher: Publisher;
  readonly exchange: string;
  /** How many are kept while the broker is away; the oldest are given up first. */
  readonly capacity: number;
  readonly log: (message: string, detail?: unknown) => void;
}

/** Publishes notifications in order, and keeps them while the broker is away. */
export class Notifier {
  readonly #options: NotifierOptions;
  #waiting: Waiting[] = [];
  #working: Promise<void> | undefined;
  #givenUp = 0;
  #closed = false;

  constructor(options: NotifierOptions) {
    this.#options = options;
  }

  /** Resolves when the broker has it, or it was given up. */
  notify(notification: Notification): Promise<void> {
    if (this.#closed) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiting.push({ notification: { _unique_id: uniqueId(), ...notification }, resolve });
      this.#giveUp(this.#waiting.length - this.#options.capacity);
      this.#working ??= this.#work().finally(() => {
        this.#working = undefined;
      });
    });
  }

  /** Sends what is waiting, when the broker is there, and takes nothing more. */
  async close(): Promise<void> {
    this.#closed = true;
    if (this.#options.publisher.isReady) await this.#working;
    else this.#giveUp(this.#waiting.length);
  }

  async #work(): Promise<void> {
    while (this.#waiting.length > 0) {
      if (!(await this.#options.publisher.ready(patienceMs))) {
        if (this.#closed) this.#giveUp(this.#waiting.length);
        continue;
      }
      const batch = this.#waiting.splice(0, burst);
      const isSent = await Promise.all(batch.map((one) => this.#send(one)));
      const left = batch.filter((_, index) => !isSent[index]);
      this.#waiting = [...left, ...this.#waiting];
      if (left.length > 0 && this.#closed) this.#giveUp(this.#waiting.length);
    }
  }

  async #send({ notification, resolve }: Waiting): Promise<boolean> {
    const { publisher, exchange } = this.#options;
    const routingKey = `notifications.${notification.priority.toLowerCase()}`;
    try {
      await publisher.publish({ exchange, routingKey, message: notification });
    } catch {
      return false;
    }
    resolve();
    return true;
  }

  #giveUp(count: number): void {
    if (count <= 0) return;
    for (const { resolve } of this.#waiting.splice(0, count)) resolve();
    // Once for many: the log is not to be flooded while the broker is away.
    if (this.#givenUp === 0 || this.#closed) this.#options.log('notifications are given up: the broker is away');
    this.#givenUp += count;
  }
}
