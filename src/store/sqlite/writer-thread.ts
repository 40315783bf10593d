import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import type { Batch } from '../group-commit.ts';
import { BatchWriter, type WrittenBatch } from './batch-writer.ts';
import { type Failure, failureFrom } from './failure.ts';

/** What the thread is asked for. Every request has one answer, but `close`, which ends the thread. */
export type Request = Batch<string> | 'checkpoint' | 'close';

/** The first answer is to no request: it tells whether the database could be opened. */
export type Answer = { readonly result: WrittenBatch | undefined } | { readonly failure: Failure };

// The entry of a thread of its own, so that nothing else waits for the disk. Its data is the path of the database.
if (parentPort !== null) serve(parentPort, workerData as string);

function serve(port: MessagePort, file: string): void {
  const answer = (work: () => WrittenBatch | undefined): void => {
    try {
      port.postMessage({ result: work() } satisfies Answer);
    } catch (error) {
      port.postMessage({ failure: failureFrom(error) } satisfies Answer);
    }
  };
  // Where it cannot be opened nobody listens any more, and the thread ends by itself.
  answer(() => {
    const writer = new BatchWriter(file);
    port.on('message', (request: Request) => {
      if (request === 'close') {
        writer.close();
        port.close();
      } else if (request === 'checkpoint') answer(() => void writer.checkpoint());
      else answer(() => writer.write(request));
    });
    return undefined;
  });
}
