import type { Transport } from '../messaging/transport.ts';
import type { Host } from './host.ts';

/** What an agent is up to: taking work, finishing what it has, or gone. */
export type AgentState = 'up' | 'draining' | 'down';

/**
 * Tells the world again and again that an agent lives, how much of its host is taken up, and since when it has been
 * running: whoever hears of another start knows that notifications may have been lost.
 *
 * Its priority keeps it apart from what happens to machines: that is for one of several gateways, this is for all.
 * Nothing is said while the bus is away, since what is heard late is no sign of life; but at once when it is back.
 */
export class Heartbeat {
  readonly #host: Host;
  readonly #seconds: number;
  readonly #transport: Transport;
  readonly #startedAt = new Date().toISOString();
  readonly #timer: NodeJS.Timeout;
  readonly #stopListening: () => void;
  #state: AgentState = 'up';

  /** @param seconds from one to the next */
  constructor(host: Host, transport: Transport, seconds: number) {
    this.#host = host;
    this.#transport = transport;
    this.#seconds = seconds;
    const beat = () => void this.tell(this.#state);
    this.#timer = setInterval(beat, seconds * 1000).unref();
    this.#stopListening = transport.onReconnect(beat);
  }

  /** Tells a state at once, and from now on; `down` is the last word. Resolves when it is on its way or given up. */
  async tell(state: AgentState): Promise<void> {
    this.#state = state;
    if (state === 'down') {
      clearInterval(this.#timer);
      this.#stopListening();
    }
    const isHeard = await this.#transport.health().then(
      () => true,
      () => false,
    );
    if (isHeard) await this.#host.notify('compute', 'agent.heartbeat', this.#payload(), 'SAMPLE');
  }

  #payload() {
    const { name, store, capacity } = this.#host;
    const { limits, used } = capacity;
    return {
      host: name,
      state: this.#state,
      interval_seconds: this.#seconds,
      started_at: this.#startedAt,
      instances: store.instances.count(),
      capacity: {
        vcpus: limits.vcpus,
        memory_mb: limits.memory_mb,
        disk_gb: limits.disk_mb === null ? null : limits.disk_mb / 1024,
      },
      used: { vcpus: used.vcpus, memory_mb: used.memory_mb, disk_gb: used.disk_mb / 1024 },
    };
  }
}
