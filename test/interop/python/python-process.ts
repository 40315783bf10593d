import { fileURLToPath } from 'node:url';
import type { Certificates } from '../lab/certificates.ts';
import { ensurePackages } from '../lab/packages.ts';
import { type ProcessOptions, type ServerProcess, startProcess } from '../lab/server-process.ts';
import { transportUrl } from './transport-url.ts';

/** Which broker a Python peer uses. */
export interface Broker {
  /** `amqp://…`; the path is the virtual host. */
  readonly url: string;
  /** For a broker that wants them. */
  readonly tls?: Certificates;
}

/** The Debian packages that Python peers need. */
export const pythonPackages = ['python3-oslo.messaging'];

/**
 * Runs a Python program with the URL of a broker and further arguments.
 *
 * @param program a path; one that is not absolute is in this directory
 * @throws LabUnavailable where oslo.messaging cannot be installed
 */
export async function startPython(
  program: string,
  { url, tls }: Broker,
  args: readonly string[],
  options: ProcessOptions,
): Promise<ServerProcess> {
  await ensurePackages(pythonPackages);
  const path = fileURLToPath(new URL(program, import.meta.url));
  // Debian's own interpreter: its packages are there, whatever other Python comes first on the PATH.
  return startProcess(['/usr/bin/python3', '-B', path, transportUrl(url, tls), ...args], options);
}
