import { CommanderError } from 'commander';
import { complaintOf } from './complaint.ts';
import { exitCodeOf, exitCodes } from './exit-code.ts';
import { occiProgram } from './program.ts';
import { fromRocci } from './rocci.ts';

/** Runs the command. @returns its exit code */
export async function runOcci(args: readonly string[]): Promise<number> {
  try {
    await occiProgram().parseAsync(fromRocci(args), { from: 'user' });
    return exitCodes.done;
  } catch (error) {
    // Help and version are ends of their own to commander.
    if (error instanceof CommanderError && (error.exitCode === 0 || error.code === 'commander.help')) {
      return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
    }
    process.stderr.write(complaintOf(error));
    return exitCodeOf(error);
  }
}
