import type { ServerProcess } from '../lab/server-process.ts';
import { type Broker, startPython } from './python-process.ts';

/** Which agent, and where. */
export interface PythonAgentOptions extends Broker {
  /** The host it says it is; others call it by that. */
  readonly host: string;
  /** Another agent than `agent.py` that takes the same arguments and says the same when it serves. */
  readonly program?: string;
}

/** Starts an agent on the real oslo.messaging; resolves when it serves `compute`, `network` and `volume`. */
export function startPythonAgent({
  host,
  program = 'agent.py',
  ...broker
}: PythonAgentOptions): Promise<ServerProcess> {
  return startPython(program, broker, [host], { ready: /^agent up / });
}
