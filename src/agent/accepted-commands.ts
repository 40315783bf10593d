import type { DatabaseSync, StatementSync } from 'node:sqlite';

/**
 * How many commands are remembered. A sender that is away sends nothing, so that what it was at last is not pushed
 * out by time alone.
 */
const remembered = 100_000;

/** The ids of the commands an agent has accepted, so that none is carried out twice. */
export class AcceptedCommands {
  readonly #add: StatementSync;
  readonly #forget: StatementSync;

  constructor(database: DatabaseSync) {
    database.exec('CREATE TABLE IF NOT EXISTS accepted (number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE) STRICT');
    this.#add = database.prepare('INSERT INTO accepted (id) VALUES (?) ON CONFLICT DO NOTHING');
    this.#forget = database.prepare('DELETE FROM accepted WHERE number <= ?');
  }

  /** @returns whether it was not there yet */
  add(id: string): boolean {
    const { changes, lastInsertRowid } = this.#add.run(id);
    if (changes === 0) return false;
    this.#forget.run(Number(lastInsertRowid) - remembered);
    return true;
  }
}
