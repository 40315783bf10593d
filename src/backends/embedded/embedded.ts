import { startAgent } from '../../agent/agent.ts';
import { fakeDriver } from '../../agent/fake-driver.ts';
import { MachineStore } from '../../agent/machine-store.ts';
import { InProcessTransport } from '../../messaging/in-process.ts';
import type { Transport } from '../../messaging/transport.ts';
import type { Model } from '../../occi/model.ts';
import type { Backend } from '../backend.ts';
import { type NovaOptions, novaBackend } from '../nova/nova.ts';
import { exampleTemplates } from './templates.ts';

/** What an embedded backend is made of. */
export interface EmbeddedOptions {
  /** Where the machines are remembered; without it they are forgotten when the process ends. */
  readonly directory?: string;
  /** How long the machines take for every change, in milliseconds. */
  readonly delayMs: number;
  /** The scheme of the example templates, ending in `#`. */
  readonly templateScheme: string;
  /** The model as it is now, to tell templates from other mixins; not asked for before the first plan. */
  readonly model: () => Pick<Model, 'depends'>;
  /** The identity of the provider, which its machines carry. */
  readonly provider: string;
  /** What becomes of its machines that are in no record; `terminate`. */
  readonly strays?: NonNullable<NovaOptions['strays']>;
  /** How long a command may take to be accepted, in milliseconds. */
  readonly timeoutMs?: number;
  /** Puts something around the bus between backend and agent. */
  readonly around?: (transport: Transport) => Transport;
  /** Is told about faults of the machinery. */
  readonly log?: (message: string, detail?: unknown) => void;
}

/**
 * The backend that needs nothing installed: the compute agent with its fake driver, in this process, behind a
 * transport that carries the same messages as RabbitMQ would.
 *
 * @throws Error when the directory cannot be used or is in use by another process
 */
export async function embeddedBackend(options: EmbeddedOptions): Promise<Backend> {
  const { directory, delayMs, templateScheme, model, provider, timeoutMs, strays } = options;
  const log = options.log ?? (() => {});
  const store = new MachineStore(directory);
  const inner = new InProcessTransport(log);
  const transport = options.around?.(inner) ?? inner;
  const driver = fakeDriver({ delayMs });
  const agent = await startAgent({ transport, host: 'embedded', store, driver, log });
  const nova = await novaBackend({
    name: 'embedded',
    transport,
    model,
    provider,
    offers: { kinds: [], mixins: exampleTemplates(templateScheme), actions: [] },
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(strays === undefined ? {} : { strays }),
    log,
  });
  return {
    ...nova,
    async close() {
      await nova.close();
      await agent.close();
      await transport.close();
      store.close();
    },
  };
}
