import type { StoredObject } from '../../store/objects.ts';
import { Background } from './background.ts';
import { deliver } from './delivery.ts';
import type { Filling } from './filling.ts';
import { runQuery } from './query-run.ts';
import { type ToldRemoval, toldRemoval } from './removal.ts';
import { due, type KeptWatch, Watches, watchesIn } from './watches.ts';

/** What a {@link Watcher} works with. */
export interface WatcherOptions extends Filling {
  /** How many queues of a project are filled. */
  readonly most: number;
  /** Is told that something has been committed. */
  readonly noticed: () => void;
  readonly onError: (error: unknown) => void;
  /** Milliseconds between looks for what other gateways have left behind; five seconds. */
  readonly everyMs?: number;
}

const retryMs = 1000;

/** How much of what is to be done is looked at in one go. When that is done, there is another look. */
const page = 10_000;

/**
 * Fills queues in the background: it delivers tidings, and runs queries, beginning with what was left over before. For
 * the store that others write to as well, it looks again and again.
 */
export class Watcher {
  readonly watches: Watches;
  readonly #options: WatcherOptions;
  readonly #deliveries: Background;
  readonly #queries: Background;
  readonly #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> | undefined;
  #isMore = false;

  constructor(options: WatcherOptions) {
    this.#options = options;
    const { store, capabilities, most, onError, everyMs = 5000 } = options;
    const isOffered = ['query', 'notification', 'logging'].some((kind) => capabilities.has(`cdmi_${kind}`));
    this.watches = new Watches({ store, isOffered, most, onNotice: (project) => this.#notice(project) });
    this.#deliveries = new Background({ width: 4, retryMs, onError, work: (project) => this.#deliver(project) });
    this.#queries = new Background({
      width: 2,
      retryMs,
      onError,
      work: (project, hasEnded) => this.#runQueries(project, hasEnded),
    });
    if (!isOffered) return;
    this.#look();
    // Another process of the same record may end and leave something behind at any time.
    this.#timer = setInterval(() => {
      if (store.shared || this.#isMore) this.#look();
    }, everyMs).unref();
  }

  /** What is to be told when the server itself removes something. */
  removed(object: StoredObject): Promise<ToldRemoval | undefined> {
    return toldRemoval({ ...this.#options, watches: this.watches }, object);
  }

  /** Resolves when it does nothing any more; what is left is done at the next start. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#looking;
    await Promise.all([this.#deliveries.close(), this.#queries.close()]);
  }

  #notice(project: string): void {
    this.#deliveries.notice(project);
    this.#queries.notice(project);
  }

  #look(): void {
    const { store, onError } = this.#options;
    this.#looking ??= store.objects
      .ofDomain(due, page)
      .then((left) => {
        this.#isMore = left.length === page;
        for (const project of new Set(left.map((one) => one.project))) this.#notice(project);
      })
      .catch(onError)
      .finally(() => {
        this.#looking = undefined;
      });
  }

  async #deliver(project: string): Promise<boolean> {
    const isMore = await deliver(this.#options, project);
    if (isMore) this.#changed(project);
    return isMore;
  }

  /** One after the other: those of other projects are to have their turn, too. */
  async #runQueries(project: string, hasEnded: () => boolean): Promise<boolean> {
    const [query] = await this.#queriesOf(project);
    if (query === undefined || hasEnded()) return false;
    try {
      await runQuery(this.#options, project, query, hasEnded);
    } finally {
      this.#changed(project);
    }
    return true;
  }

  async #queriesOf(project: string): Promise<readonly KeptWatch[]> {
    const { store, most } = this.#options;
    const watches = await watchesIn(store, project, 2 * most + 100);
    return watches.filter(({ kind }) => kind === 'query');
  }

  #changed(project: string): void {
    this.watches.forget(project);
    this.#options.noticed();
  }
}
