import { type Backend, type EntityEvent, type RecordReader, Refusal, Unreachable } from '../backends/backend.ts';
import { idOf } from '../occi/entity.ts';
import type { Model } from '../occi/model.ts';
import { type ChangeSet, type Command, type Store, StoreUnavailable } from '../store/store.ts';

/** What the outbox tells the log. */
export interface OutboxLog {
  warn(details: object, message: string): void;
  error(details: object, message: string): void;
}

export interface OutboxOptions {
  readonly store: Store;
  readonly record: RecordReader;
  readonly model: Model;
  readonly backends: ReadonlyMap<string, Backend>;
  readonly apply: (event: EntityEvent) => Promise<void>;
  readonly log: OutboxLog;
  /** Milliseconds until a command that nobody could be asked for is tried again; doubled each time up to the limit. */
  readonly retryMs: number;
  readonly longestRetryMs: number;
}

/**
 * Carries committed commands to their backends. While a client waits, a failure is the client's answer. What nobody
 * waits for (what a crash has left over, what undoes a request that failed) is delivered until somebody answers.
 *
 * What is left over about an entity is delivered in order, and before anything new about it is accepted; entities do
 * not wait for each other.
 */
export class Outbox {
  readonly #options: OutboxOptions;
  /** The commands in the hands of this process, with the locations they are about; and how many there are about each. */
  readonly #held = new Map<string, string>();
  readonly #heldAbout = new Map<string, number>();
  /** Those of them that are answered, as long as the store may still list them. */
  readonly #settled = new Set<string>();
  /** By location: the end of what is left over about it. */
  readonly #owed = new Map<string, Promise<void>>();
  /** Ends the pauses between attempts. */
  #wake = Promise.withResolvers<void>();
  #closed = false;

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  /** How many commands are in the hands of this process: being committed, delivered, or waiting for another attempt. */
  get depth(): number {
    return this.#held.size;
  }

  /** Whether a command about an entity has not been answered yet, so that nobody can have told what comes of it. */
  awaits(location: string): boolean {
    return this.#heldAbout.has(location);
  }

  /**
   * Commits a change set, delivers its commands in order, and brings what the backends answer into the record.
   *
   * @returns the revision of what was written
   * @throws Unreachable when something about the same entities is left over; nothing is written then
   * @throws Undelivered with the first failure; the commands from it on are this process's to {@link abandon} or to
   *   {@link pursue}
   */
  async carryOut(changes: ChangeSet): Promise<number> {
    const commands = changes.commands ?? [];
    for (const command of commands) {
      if (this.#owed.size > 0 && this.#keysOf(command).some((key) => this.#owed.has(key))) {
        throw new Unreachable(`an earlier request about ${command.location} is still being carried out; try again`);
      }
    }
    const revision = await this.#commit(changes);
    for (const [index, command] of commands.entries()) {
      try {
        await this.#deliver(command, false);
      } catch (error) {
        throw new Undelivered(revision, commands.slice(0, index), commands.slice(index), error);
      }
      this.#settle([command]);
    }
    return revision;
  }

  /**
   * Commits what undoes a request, in place of the commands that were not delivered.
   *
   * @returns has the commands of the change set delivered, until somebody answers
   * @throws Conflict, StoreUnavailable
   */
  async compensate(abandoned: readonly Command[], changes: ChangeSet): Promise<() => Promise<void>> {
    // Settled first, and at once: so it goes with the same flush, and a crash delivers one or the other.
    this.#options.store.settle(abandoned.map(({ id }) => id));
    await this.#commit(changes);
    this.#settle(abandoned);
    const pursuits = this.pursue(changes.commands ?? [], false);
    return () => pursuits;
  }

  /** Delivers commands until somebody answers. Resolves when that has happened, or the outbox is closed. Never rejects. */
  async pursue(commands: readonly Command[], redelivered: boolean): Promise<void> {
    await Promise.all(commands.map((command) => this.#chain(command, redelivered)));
  }

  /** Takes up what a crash has left over, here or in a process that is gone. */
  async resume(): Promise<void> {
    const { store } = this.#options;
    const settled = [...this.#settled];
    const listed = await store.commands();
    const ids = new Set(listed.map(({ id }) => id));
    for (const id of settled) if (!ids.has(id)) this.#settled.delete(id);
    const left = listed.filter(({ id }) => !this.#held.has(id) && !this.#settled.has(id));
    for (const command of left) this.#hold(command);
    await this.pursue(left, true);
  }

  /** Tries at once what was to be tried later: somebody may be there again. */
  nudge(): void {
    this.#wake.resolve();
    this.#wake = Promise.withResolvers();
  }

  close(): void {
    this.#closed = true;
    this.nudge();
  }

  /** Commits with the commands in hand, so that {@link resume} does not take them for left over. */
  async #commit(changes: ChangeSet): Promise<number> {
    const commands = changes.commands ?? [];
    for (const command of commands) this.#hold(command);
    try {
      return await this.#options.store.commit(changes);
    } catch (error) {
      for (const { id } of commands) this.#release(id);
      throw error;
    }
  }

  #hold({ id, location }: Command): void {
    this.#held.set(id, location);
    this.#heldAbout.set(location, (this.#heldAbout.get(location) ?? 0) + 1);
  }

  #release(id: string): void {
    const location = this.#held.get(id);
    if (location === undefined) return;
    this.#held.delete(id);
    const left = (this.#heldAbout.get(location) ?? 0) - 1;
    if (left > 0) this.#heldAbout.set(location, left);
    else this.#heldAbout.delete(location);
  }

  #settle(commands: readonly Command[]): void {
    const ids = commands.map(({ id }) => id);
    this.#options.store.settle(ids);
    for (const id of ids) {
      this.#release(id);
      if (this.#options.store.shared) this.#settled.add(id);
    }
  }

  #chain(command: Command, redelivered: boolean): Promise<void> {
    const keys = this.#keysOf(command);
    const work = Promise.all(keys.map((key) => this.#owed.get(key)))
      .then(() => this.#untilAnswered(command, redelivered))
      .catch((error: unknown) => this.#options.log.error({ err: error, command: command.id }, 'command given up'))
      .finally(() => {
        for (const key of keys) if (this.#owed.get(key) === work) this.#owed.delete(key);
      });
    for (const key of keys) this.#owed.set(key, work);
    return work;
  }

  async #untilAnswered(command: Command, redelivered: boolean): Promise<void> {
    const { log, retryMs, longestRetryMs } = this.#options;
    const about = { command: command.id, entity: command.location };
    for (let attempt = 0; !this.#closed; attempt++) {
      try {
        if (attempt > 0 && !(await this.#isStillOurs(command))) return;
        await this.#deliver(command, redelivered || attempt > 0);
        this.#settle([command]);
        return;
      } catch (error) {
        if (!isPassing(error)) {
          await this.#refusedLate(command, error);
          this.#settle([command]);
          return;
        }
        log.warn({ err: error, ...about }, 'command not delivered, will try again');
      }
      await this.#pause(Math.min(retryMs * 2 ** attempt, longestRetryMs));
    }
  }

  /** Whether no other process has taken a command over, because this one was stopped for long. */
  async #isStillOurs({ id }: Command): Promise<boolean> {
    const { store } = this.#options;
    if (!store.shared || (await store.commands()).some((command) => command.id === id)) return true;
    this.#release(id);
    return false;
  }

  async #pause(ms: number): Promise<void> {
    if (this.#closed) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, ms);
    await Promise.race([promise, this.#wake.promise]);
    clearTimeout(timer);
  }

  async #deliver(command: Command, redelivered: boolean): Promise<void> {
    const delivery = redelivered ? { ...command, redelivered } : command;
    for (const event of await this.#backendOf(command).deliver(delivery, this.#options.record)) {
      await this.#options.apply(event);
    }
  }

  /** The locations of all that a command is about. */
  #keysOf(command: Command): readonly string[] {
    const backend = this.#options.backends.get(command.backend);
    return [...new Set([command.location, ...(backend?.needs?.(command) ?? [])])];
  }

  #backendOf({ backend: name }: Command): Backend {
    const backend = this.#options.backends.get(name);
    if (backend === undefined) throw new Refusal('internal', `there is no backend ${name}`);
    return backend;
  }

  /** Nobody waits for the answer any more, so the entity has to tell it. */
  async #refusedLate(command: Command, error: unknown): Promise<void> {
    this.#options.log.error({ err: error, command: command.id, entity: command.location }, 'command refused');
    const entity = await this.#options.record.at(command.location);
    if (entity === undefined) return;
    const message = error instanceof Refusal ? error.message : 'the backend failed';
    const failed = this.#options.model.lifecycleOf(entity.kind)?.error;
    const wasCreated = entity.pending?.action === undefined && entity.pending !== undefined;
    // What was refused to be made is not there; anything else is as it was before.
    await this.#options.apply({
      id: idOf(entity),
      ...(wasCreated ? { ...(failed === undefined ? {} : { state: failed }), message } : { message: null }),
    });
  }
}

/** Whether it may go better another time. */
const isPassing = (error: unknown): boolean => error instanceof Unreachable || error instanceof StoreUnavailable;

/** Not all commands of a change set were accepted. */
export class Undelivered extends Error {
  override readonly name = 'Undelivered';
  /** Of what was written. */
  readonly revision: number;
  readonly accepted: readonly Command[];
  readonly failed: readonly Command[];
  constructor(revision: number, accepted: readonly Command[], failed: readonly Command[], cause: unknown) {
    super('a command was not accepted', { cause });
    this.revision = revision;
    this.accepted = accepted;
    this.failed = failed;
  }
}
