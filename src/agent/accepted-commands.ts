import type { DatabaseSync, StatementSync } from 'node:sqlite';

/**
 * How many commands are remembered at least. A sender that is away sends nothing, so that what it was at last is not
 * pushed out by time alone.
 */
const remembered = 20_000;

/**
 * The ids of the commands an agent has accepted, so that none is carried out twice.
 *
 * They are looked for in memory: an index of ids that come in no order would be most of what a command writes.
 */
export class AcceptedCommands {
  readonly #ids: Set<string>;
  readonly #add: StatementSync;
  readonly #forget: StatementSync;
  readonly #onRollback: (undo: () => void) => void;

  /** @param onRollback is told how to take something back in memory, should the present transaction fail */
  constructor(database: DatabaseSync, onRollback: (undo: () => void) => void) {
    this.#onRollback = onRollback;
    database.exec('CREATE TABLE IF NOT EXISTS accepted (number INTEGER PRIMARY KEY, id TEXT NOT NULL) STRICT');
    this.#add = database.prepare('INSERT INTO accepted (id) VALUES (?)');
    this.#forget = database.prepare('DELETE FROM accepted WHERE number <= ?');
    const rows = database.prepare('SELECT id FROM accepted ORDER BY number').all();
    this.#ids = new Set(rows.map(({ id }) => id as string));
  }

  has(id: string): boolean {
    return this.#ids.has(id);
  }

  add(id: string): void {
    const { lastInsertRowid } = this.#add.run(id);
    this.#ids.add(id);
    this.#onRollback(() => this.#ids.delete(id));
    if (this.#ids.size < 2 * remembered) return;
    this.#forget.run(Number(lastInsertRowid) - remembered);
    for (const oldest of [...this.#ids].slice(0, -remembered)) this.#ids.delete(oldest);
  }
}
