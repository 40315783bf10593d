import type { Writable } from 'node:stream';

/**
 * Has what is written to a stream in one go leave in one piece. amqplib writes every frame by itself; each would be a
 * system call here, and wake the other side up.
 */
export function joinWrites(stream: Writable): void {
  const write = stream.write.bind(stream) as (...args: readonly unknown[]) => boolean;
  let isCorked = false;
  const uncork = (): void => {
    isCorked = false;
    stream.uncork();
  };
  stream.write = (...args: readonly unknown[]): boolean => {
    if (!isCorked) {
      isCorked = true;
      stream.cork();
      process.nextTick(uncork);
    }
    return write(...args);
  };
}
