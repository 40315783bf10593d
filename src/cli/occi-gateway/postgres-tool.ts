import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * Runs a tool of PostgreSQL on a database. The password is in its environment: others can see arguments.
 *
 * @throws Error with what the tool says, or that it is not installed
 */
export async function postgresTool(
  tool: 'pg_dump' | 'pg_restore',
  url: string,
  options: readonly string[],
): Promise<void> {
  const target = new URL(url);
  const password = decodeURIComponent(target.password);
  target.password = '';
  try {
    await run(tool, [`--dbname=${target.href}`, '--no-password', ...options], {
      env: { ...process.env, ...(password !== '' && { PGPASSWORD: password }) },
    });
  } catch (cause) {
    const { code, stderr = '', message } = cause as Error & { readonly code?: unknown; readonly stderr?: string };
    if (code === 'ENOENT') throw new Error(`${tool} is not installed; it comes with PostgreSQL`, { cause });
    throw new Error(`${tool} failed: ${stderr.trim() || message}`, { cause });
  }
}
