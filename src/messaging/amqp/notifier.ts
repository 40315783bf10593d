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

/** Milliseconds until what failed is sent again. */
const retryMs = 50;

/** How many are under way before the first of them is confirmed. */
const window = 256;

export interface NotifierOptions {
  readonly publisher: Publisher;
  readonly exchange: string;
  /** How many are kept while the broker is away; the oldest are given up first. */
  readonly capacity: number;
  readonly log: (message: string, detail?: unknown) => void;
}

/**
 * Publishes notifications in order, and keeps each until it is confirmed. The next does not wait for that; but after a
 * failure what was not confirmed is sent again before anything else.
 */
export class Notifier {
  readonly #options: NotifierOptions;
  #waiting: Waiting[] = [];
  /** Sent, in order, and not confirmed. */
  readonly #underWay = new Set<Waiting>();
  /** How many of those will not be confirmed any more. */
  #failed = 0;
  #looks = false;
  #givenUp = 0;
  /** Once it is being closed: resolves when nothing is left. */
  #closing: PromiseWithResolvers<void> | undefined;

  constructor(options: NotifierOptions) {
    this.#options = options;
  }

  /** Resolves when the broker has it, or it was given up. */
  notify(notification: Notification): Promise<void> {
    if (this.#closing !== undefined) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiting.push({ notification: { _unique_id: uniqueId(), ...notification }, resolve });
      this.#giveUp(this.#waiting.length - this.#options.capacity);
      this.#go();
    });
  }

  /** Sends what is waiting, when the broker is there, and takes nothing more. */
  async close(): Promise<void> {
    this.#closing ??= Promise.withResolvers();
    this.#go();
    await this.#closing.promise;
  }

  /** Sends what can be sent now. */
  #go(): void {
    const { isReady } = this.#options.publisher;
    if (this.#failed > 0) this.#sendAgain();
    else if (isReady) for (const one of this.#waiting.splice(0, window - this.#underWay.size)) this.#send(one);
    else if (this.#closing !== undefined) this.#giveUp(this.#waiting.length);
    else if (this.#waiting.length > 0) this.#look();
    if (this.#waiting.length + this.#underWay.size === 0) this.#closing?.resolve();
  }

  #send(one: Waiting): void {
    const { publisher, exchange } = this.#options;
    const { notification, resolve } = one;
    const routingKey = `notifications.${notification.priority.toLowerCase()}`;
    this.#underWay.add(one);
    publisher
      .publish({ exchange, routingKey, message: notification })
      .then(
        () => {
          this.#underWay.delete(one);
          resolve();
        },
        () => {
          this.#failed += 1;
        },
      )
      .finally(() => this.#go());
  }

  /** Once it is known which of all that are under way have failed, they become the first that wait. */
  #sendAgain(): void {
    if (this.#failed < this.#underWay.size) return;
    this.#waiting = [...this.#underWay, ...this.#waiting];
    this.#underWay.clear();
    this.#failed = 0;
    if (this.#closing !== undefined) this.#giveUp(this.#waiting.length);
    else setTimeout(() => this.#go(), retryMs);
  }

  /** Goes on when the broker is there again. */
  #look(): void {
    if (this.#looks) return;
    this.#looks = true;
    void this.#options.publisher.ready(patienceMs).then(() => {
      this.#looks = false;
      this.#go();
    });
  }

  #giveUp(count: number): void {
    if (count <= 0) return;
    for (const { resolve } of this.#waiting.splice(0, count)) resolve();
    // Once for many: the log is not to be flooded while the broker is away.
    if (this.#givenUp === 0 || this.#closing !== undefined) {
      this.#options.log('notifications are given up: the broker is away');
    }
    this.#givenUp += count;
  }
}
