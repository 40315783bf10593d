import { Counter, Gauge, type Registry } from 'prom-client';
import { StorageFull, ValueLost, type ValueStore } from '../../cdmi/values/value-store.ts';
import type { ObjectReader } from '../../store/objects.ts';
import { StoreUnavailable } from '../../store/store.ts';

/** The most that are counted of values that wait: to count is to list them. */
const mostWaiting = 10_000;

type Operation = 'write' | 'read' | 'remove';

/** A store of values whose bytes and failures are counted; and the values that nobody needs any more. */
export function measuredValues(
  values: ValueStore,
  registry: Registry,
  objects: Pick<ObjectReader, 'unusedValues'>,
): ValueStore {
  const registers = [registry];
  let received = 0;
  let sent = 0;
  bytes('occi_cdmi_received_bytes_total', 'Bytes of values that came from clients', () => received);
  bytes('occi_cdmi_sent_bytes_total', 'Bytes of values that were read for clients', () => sent);
  new Gauge({
    name: 'occi_cdmi_values_waiting',
    help: `Values that no object refers to and that have not been removed yet, up to ${mostWaiting}`,
    registers,
    async collect() {
      this.set((await objects.unusedValues(mostWaiting)).length);
    },
  });
  const errors = new Counter({
    name: 'occi_cdmi_value_errors_total',
    help: 'Values that could not be written, read or removed, by the reason',
    labelNames: ['operation', 'reason'],
    registers,
  });
  const failed = (operation: Operation, error: unknown) => errors.inc({ operation, reason: reasonOf(error) });

  function bytes(name: string, help: string, count: () => number): void {
    new Counter({
      name,
      help,
      registers,
      collect() {
        this.reset();
        this.inc(count());
      },
    });
  }

  return {
    ...values,

    async write(source) {
      const arriving = new Arriving(source, (size) => {
        received += size;
      });
      try {
        return await values.write(arriving);
      } catch (error) {
        if (!arriving.hasFailed) failed('write', error);
        throw error;
      }
    },

    async *read(key, start, end, isPassing) {
      try {
        for await (const piece of values.read(key, start, end, isPassing)) {
          sent += piece.length;
          yield piece;
        }
      } catch (error) {
        failed('read', error);
        throw error;
      }
    },

    async remove(key) {
      try {
        await values.remove(key);
      } catch (error) {
        failed('remove', error);
        throw error;
      }
    },
  };
}

/** Bytes from a client, who may break off: that is no failure of the store. */
class Arriving implements AsyncIterable<Uint8Array> {
  readonly #source: AsyncIterable<Uint8Array>;
  readonly #onBytes: (size: number) => void;
  hasFailed = false;

  constructor(source: AsyncIterable<Uint8Array>, onBytes: (size: number) => void) {
    this.#source = source;
    this.#onBytes = onBytes;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    try {
      for await (const piece of this.#source) {
        this.#onBytes(piece.length);
        yield piece;
      }
    } catch (error) {
      this.hasFailed = true;
      throw error;
    }
  }
}

function reasonOf(error: unknown): 'full' | 'lost' | 'unavailable' | 'failed' {
  if (error instanceof StorageFull) return 'full';
  if (error instanceof ValueLost) return 'lost';
  return error instanceof StoreUnavailable ? 'unavailable' : 'failed';
}
