import type { Settings } from './settings.ts';
import { UsageError } from './usage-error.ts';

/**
 * The URL of the server that is meant.
 *
 * @param how where it can be said
 * @throws UsageError, which does not show it, since there may be a password in it
 */
export function endpointIn({ endpoint }: Settings, how: string): string {
  if (endpoint === undefined) throw new UsageError('it is not clear which server is meant', how);
  if (!/^https?:\/\//i.test(endpoint) || !URL.canParse(endpoint)) {
    throw new UsageError('the endpoint is no URL', 'write https://cloud.example.org:11443, say');
  }
  const { username, password } = new URL(endpoint);
  if (username === '' && password === '') return endpoint;
  throw new UsageError('the endpoint has credentials in it', 'say them with --username and --password-file');
}
