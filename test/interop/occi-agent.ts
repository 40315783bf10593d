import { fileURLToPath } from 'node:url';
import { type ServerProcess, startProcess } from './lab/server-process.ts';

const command = fileURLToPath(new URL('../../src/cli/occi-agent.ts', import.meta.url));

/** How to run the agent. */
export interface OcciAgentOptions {
  /** Of the broker. */
  readonly url: string;
  readonly host: string;
  /** Where it remembers its machines. */
  readonly directory: string;
  /** Further options, without their dashes: `{ cores: '2' }`. */
  readonly options?: Readonly<Record<string, string>>;
}

/** Starts the real command, `occi-agent`, and waits until it serves. Operations are over at once unless told otherwise. */
export function startOcciAgent({ url, host, directory, options }: OcciAgentOptions): Promise<ServerProcess> {
  const all = { host, directory, 'delay-ms': '0', 'heartbeat-seconds': '1', ...options };
  const args = Object.entries(all).map(([option, value]) => `--${option}=${value}`);
  // A password is for the environment: everybody on the machine can read command lines.
  const env = { PATH: process.env['PATH'], OCCI_AMQP_URL: url };
  return startProcess([process.execPath, command, ...args], { ready: /"msg":"started"/, env });
}
