import { Command } from 'commander';
import { settings } from '../../config.ts';
import { version } from '../../version.ts';
import { backupCommand } from './backup.ts';
import { policyCommand } from './policy.ts';
import { restoreCommand } from './restore.ts';
import { userCommand } from './user.ts';

/**
 * The command line. Without a sub-command the gateway is started.
 *
 * @param start starts the gateway with what the environment says
 */
export function gatewayProgram(start: () => Promise<void>): Command {
  return new Command('occi-gateway')
    .description('starts an OCCI gateway, which is configured by environment variables')
    .version(version, '-v, --version', 'tell the version')
    .helpOption('-h, --help', 'tell how it is used')
    .addHelpText('after', () => `\nEnvironment variables:\n${variables()}`)
    .action(start)
    .addCommand(userCommand())
    .addCommand(policyCommand())
    .addCommand(backupCommand())
    .addCommand(restoreCommand());
}

function variables(): string {
  const lines = Object.values(settings).map(({ variable, default: fallback, meaning }) => {
    return `  ${variable.padEnd(32)} ${meaning}${fallback === undefined ? '' : ` (default ${fallback || 'none'})`}`;
  });
  return lines.join('\n');
}
