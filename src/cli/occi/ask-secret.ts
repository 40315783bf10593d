import { exitCodes } from './exit-code.ts';
import { UsageError } from './usage-error.ts';

/**
 * Asks for a line on the terminal, and shows nothing of it.
 *
 * @throws UsageError where there is no terminal
 */
export function askSecret(question: string): Promise<string> {
  const { stdin, stderr } = process;
  if (!stdin.isTTY) {
    return Promise.reject(new UsageError('a password is missing', 'use --password-file or OCCI_PASSWORD'));
  }
  return new Promise((resolve) => {
    let line = '';
    const end = () => {
      stdin.off('data', take).setRawMode(false).pause();
      stderr.write('\n');
    };
    const take = (text: string) => {
      for (const character of text) {
        if (character === '\r' || character === '\n') {
          end();
          resolve(line);
          return;
        }
        // In raw mode Ctrl-C and Ctrl-D are characters like others.
        if (character === '\u0003' || character === '\u0004') {
          end();
          process.exit(exitCodes.interrupted);
        }
        if (character === '\u007f' || character === '\b') line = [...line].slice(0, -1).join('');
        else line += character;
      }
    };
    stdin.setRawMode(true).setEncoding('utf8').on('data', take).resume();
    // Not before: whoever types at once would see it.
    stderr.write(question);
  });
}
