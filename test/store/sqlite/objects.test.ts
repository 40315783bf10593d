import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { openSqliteStore } from '../../../src/store/sqlite/sqlite-store.ts';
import { objectContract } from '../object-contract.ts';

const root = mkdtempSync(join(tmpdir(), 'occi-objects-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

let count = 0;
objectContract('SQLite', () => openSqliteStore({ directory: join(root, `${count++}`) }));
