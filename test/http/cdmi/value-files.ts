import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** The files that values are in, finished or not, in the data directory of a gateway. */
export function valueFiles(dataDir: string): readonly string[] {
  const entries = readdirSync(join(dataDir, 'cdmi'), { recursive: true, withFileTypes: true });
  const others = ['claim'];
  return entries
    .filter((one) => one.isFile() && !one.name.endsWith('.lock') && !others.includes(one.name))
    .map(({ name }) => name);
}
