import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The machine cannot run a server the lab needs; the message says why. Tests that need it are skipped. */
export class LabUnavailable extends Error {
  override readonly name = 'LabUnavailable';
}

/**
 * Installs the packages named as its arguments. Debian starts a service when it installs one, unless a
 * `policy-rc.d` forbids it. A failed attempt is repeated after `apt-get update`: the lists may be missing or old.
 */
const install = `
  guard=/usr/sbin/policy-rc.d
  trap 'exit 1' HUP INT TERM
  if [ ! -e "$guard" ]; then
    trap 'rm -f "$guard"' EXIT
    printf '#!/bin/sh\\nexit 101\\n' >"$guard" && chmod 755 "$guard" || exit
  fi
  apt() { apt-get -qq -o DPkg::Lock::Timeout=300 -o Acquire::Retries=2 -o Acquire::http::Timeout=30 "$@"; }
  add() { apt install --yes --no-install-recommends --no-upgrade "$@"; }
  add "$@" || { apt update && add "$@"; }
`;

/**
 * Installs Debian packages that are missing, without starting services and without upgrading anything that is there.
 * Processes that want packages at the same time take turns.
 *
 * @throws LabUnavailable where that cannot be done: not Debian, neither root nor sudo without a password, no network
 */
export async function ensurePackages(names: readonly string[]): Promise<void> {
  const missing = await missingOf(names);
  if (missing.length === 0) return;
  // The kernel gives a flock back when its holder dies, and a directory will do: nothing is left behind.
  const command = ['env', 'DEBIAN_FRONTEND=noninteractive', 'flock', '/var/lib/dpkg', 'sh', '-c', install, 'sh'];
  const asRoot = process.getuid?.() === 0 ? command : ['sudo', '--non-interactive', ...command];
  const [file = '', ...args] = asRoot;
  try {
    await run(file, [...args, ...missing], { maxBuffer: 64 << 20 });
  } catch (error) {
    throw new LabUnavailable(`cannot install ${missing.join(' ')}: ${lastLines(error as Failed)}`, { cause: error });
  }
}

async function missingOf(names: readonly string[]): Promise<readonly string[]> {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is dpkg-query that fills these in
  const format = '--showformat=${Package} ${db:Status-Status}\\n';
  // It fails when a package is unknown to it, and tells about the others all the same.
  const { stdout } = await run('dpkg-query', ['--show', format, ...names]).catch((error: Failed) => {
    if (error.code === 'ENOENT') throw new LabUnavailable('there is no dpkg-query: this is not Debian');
    return error;
  });
  const lines = stdout.split('\n');
  return names.filter((name) => !lines.includes(`${name} installed`));
}

/** What a command that failed, or was not found, rejects with. */
interface Failed extends Error {
  readonly code: number | string;
  readonly stdout: string;
  readonly stderr: string;
}

function lastLines({ stderr, message }: Failed): string {
  return stderr?.trim().split('\n').slice(-2).join(' ') || message;
}
