import { statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { memoryWatch } from './memory-watch.ts';
import { startGateway } from './servers.ts';
import { receiveBytes, sendBytes } from './transfer.ts';

/** What became of one large value. */
export interface LargeRow {
  readonly name: string;
  readonly gateway: string;
  /** By how many MB the resident memory of the gateway has grown at most. */
  readonly memory: number;
}

const mebibyte = 2 ** 20;
const size = 4_096 * mebibyte;
/** What else is on the disk by then: warming up, and what has been replaced and not removed yet. */
const spare = 1_024 * mebibyte;
const small = 64 * mebibyte;

/**
 * Sends and receives a value of 4 GiB, while the memory of the gateway is watched.
 *
 * @throws Error when there is no room for it
 */
export async function large(): Promise<readonly LargeRow[]> {
  const { bavail, bsize } = statfsSync(tmpdir());
  if (bavail * bsize < size + spare) throw new Error(`${tmpdir()} needs ${(size + spare) / mebibyte} MiB of room`);
  const gateway = await startGateway({ OCCI_CDMI: 'on', OCCI_CDMI_MAX_VALUE_BYTES: String(size) });
  const path = '/cdmi/large';
  const steps = {
    PUT: () => sendBytes(gateway.port, path, size),
    GET: () => receiveBytes(gateway.port, path, size),
  };
  try {
    for (let round = 0; round < 4; round++) {
      await sendBytes(gateway.port, path, small);
      await receiveBytes(gateway.port, path, small);
    }
    const watch = memoryWatch(gateway.pid);
    const rows: LargeRow[] = [];
    for (const [name, step] of Object.entries(steps)) {
      const grown = watch();
      const begun = performance.now();
      await step();
      const speed = size / mebibyte / ((performance.now() - begun) / 1000);
      const memory = grown();
      rows.push({
        name: `CDMI: ${name} 4 GiB`,
        gateway: `${Math.round(speed)} MiB/s, +${Math.round(memory)} MB`,
        memory,
      });
    }
    return rows;
  } finally {
    await gateway.stop();
  }
}
