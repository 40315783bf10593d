/**
 * Whoever reads the output may have seen enough, as `head -1` has. The rest of it goes nowhere then, and the command goes
 * on: half of what it was asked to do may still be before it. Output that is lost for another reason ends the command.
 */
export function surviveClosedPipes(name: string, exitCode: number): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', ({ code = '', message }: NodeJS.ErrnoException) => {
      if (code === 'EPIPE' || code === 'ERR_STREAM_DESTROYED') return;
      if (stream === process.stdout) process.stderr.write(`${name}: the output cannot be written: ${message}\n`);
      process.exit(exitCode);
    });
  }
}
