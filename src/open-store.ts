import type { Config } from './config.ts';
import { openPostgresStore } from './store/postgres/postgres-store.ts';
import { openSqliteStore } from './store/sqlite/sqlite-store.ts';
import type { Store } from './store/store.ts';

/**
 * Opens the store that the configuration names.
 *
 * @throws Error when it cannot be used, or is of a newer version; nothing is touched then
 */
export function openStore(config: Config): Promise<Store> {
  const { databaseUrl: url, databaseSchema: schema, databaseConnections: connections } = config;
  return url === undefined
    ? openSqliteStore({ directory: config.dataDir, cachedViews: config.cachedEntities })
    : openPostgresStore({ url, schema, connections });
}
