import { readFileSync } from 'node:fs';

/** The version of the package. */
export const version: string = readVersion();

function readVersion(): string {
  // Beside src/ when the sources run, one floor higher when dist/src/ does.
  for (const path of ['../package.json', '../../package.json']) {
    try {
      const { name, version } = JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8')) as {
        name?: string;
        version?: string;
      };
      if (name === 'occi-gateway' && version !== undefined) return version;
    } catch {
      // Not there; the next place is.
    }
  }
  throw new Error('occi-gateway: package.json is missing');
}
