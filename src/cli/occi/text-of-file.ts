import { readFileSync } from 'node:fs';
import { UsageError } from './usage-error.ts';

/** What `-` means where a file is named. */
export const standardInput = 0;

/** The text of a file that a person has named. @throws UsageError when it cannot be read */
export function textOfFile(file: string | typeof standardInput): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new UsageError(
      `${file === standardInput ? 'the standard input' : file} cannot be read: ${(cause as Error).message}`,
      'name a file that is there',
      { cause },
    );
  }
}
