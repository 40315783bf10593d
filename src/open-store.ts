import type { Config } from './config.ts';
import { openSqliteStore } from './store/sqlite/sqlite-store.ts';
import type { Store } from './store/store.ts';

/**
 * Opens the store that the configuration names.
 *
 * @throws Error when it is in use by others who do not share it, or of a newer version
 */
export function openStore(config: Config, _log: (message: string, detail?: unknown) => void): Promise<Store> {
  return openSqliteStore({ directory: config.dataDir, cachedViews: config.cachedEntities });
}
