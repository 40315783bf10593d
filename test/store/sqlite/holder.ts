import { openSqliteStore } from '../../../src/store/sqlite/sqlite-store.ts';

// A process that opens the store in the directory it is given, says so, and keeps it until it is killed.
await openSqliteStore({ directory: process.argv[2] as string });
process.stdout.write('open\n');
process.stdin.resume();
