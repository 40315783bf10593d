import { type Backend, type EntityEvent, Refusal, Unreachable } from '../backends/backend.ts';
import { idOf } from '../occi/entity.ts';
import type { Command, Store } from '../store/store.ts';
import type { Catalogue } from './catalogue.ts';

/** What the outbox tells the log. */
export interface OutboxLog {
  warn(details: object, message: string): void;
  error(details: object, message: string): void;
}

export interface OutboxOptions {
  readonly store: Store;
  readonly catalogue: Catalogue;
  readonly backends: ReadonlyMap<string, Backend>;
  readonly apply: (event: EntityEvent) => Promise<void>;
  readonly log: OutboxLog;
  /** Milliseconds between attempts to deliver what nobody could be asked for. */
  readonly retryMs: number;
}

/**
 * Carries committed commands to their backends. While a client waits, a failure is the client's answer; what was
 * left over by a crash is delivered at the next start, until somebody answers.
 */
export class Outbox {
  readonly #options: OutboxOptions;
  #retry: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  /**
   * Delivers commands in order and brings what the backends answer into the record.
   *
   * @throws Undelivered with the first failure; the commands after it are not tried, and none of the rest is kept
   */
  async deliver(commands: readonly Command[]): Promise<void> {
    for (const [index, command] of commands.entries()) {
      try {
        await this.#deliver(command);
      } catch (error) {
        this.#options.store.settle(commands.slice(index).map(({ id }) => id));
        throw new Undelivered(commands.slice(0, index), commands.slice(index), error);
      }
      this.#options.store.settle([command.id]);
    }
  }

  /** Delivers what a crash has left over; what nobody can be asked for is tried again later. */
  async resume(): Promise<void> {
    const unreachable = new Set<string>();
    for (const command of await this.#options.store.commands()) {
      if (this.#closed) return;
      // Commands about one backend are in order; when it is away, the later ones wait for the earlier ones.
      if (unreachable.has(command.backend)) continue;
      try {
        await this.#deliver(command);
        this.#options.store.settle([command.id]);
      } catch (error) {
        if (error instanceof Unreachable) {
          unreachable.add(command.backend);
          this.#options.log.warn({ err: error, backend: command.backend }, 'backend unreachable, will try again');
        } else {
          await this.#refusedLate(command, error);
          this.#options.store.settle([command.id]);
        }
      }
    }
    if (unreachable.size > 0 && !this.#closed) {
      this.#retry = setTimeout(() => {
        this.resume().catch((error: unknown) => this.#options.log.error({ err: error }, 'outbox stopped'));
      }, this.#options.retryMs);
    }
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#retry);
  }

  async #deliver(command: Command): Promise<void> {
    const backend = this.#options.backends.get(command.backend);
    if (backend === undefined) throw new Refusal('internal', `there is no backend ${command.backend}`);
    const events = await backend.deliver(command, async (location) => {
      return (await this.#options.store.view(location))?.entity;
    });
    for (const event of events) await this.#options.apply(event);
  }

  /** Nobody waits for the answer any more, so the entity has to tell it. */
  async #refusedLate(command: Command, error: unknown): Promise<void> {
    this.#options.log.error({ err: error, command: command.id, entity: command.location }, 'command refused');
    const view = await this.#options.store.view(command.location);
    if (view === undefined) return;
    const failed = this.#options.catalogue.model.lifecycleOf(view.entity.kind)?.error;
    await this.#options.apply({
      id: idOf(view.entity),
      ...(failed === undefined ? {} : { state: failed }),
      message: error instanceof Refusal ? error.message : 'the backend failed',
    });
  }
}

/** Not all commands of a change set were accepted. */
export class Undelivered extends Error {
  override readonly name = 'Undelivered';
  readonly accepted: readonly Command[];
  readonly failed: readonly Command[];
  constructor(accepted: readonly Command[], failed: readonly Command[], cause: unknown) {
    super('a command was not accepted', { cause });
    this.accepted = accepted;
    this.failed = failed;
  }
}
