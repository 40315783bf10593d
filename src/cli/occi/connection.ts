import {
  type Client,
  type ClientOptions,
  connect,
  type Exchange,
  exchangeText,
  type Rendering,
  renderings,
  type TlsOptions,
} from '../../client/index.ts';
import { askSecret } from './ask-secret.ts';
import { credentialsFrom } from './credentials.ts';
import type { Settings } from './settings.ts';
import { textOfFile } from './text-of-file.ts';
import { UsageError } from './usage-error.ts';

/**
 * Connects to the server that the settings name.
 *
 * @param dump whether every exchange is shown, credentials masked
 * @throws UsageError when settings are missing or wrong
 * @throws ClientError when the server is not reached
 */
export async function connectionTo(settings: Settings, dump: boolean): Promise<Client> {
  const { endpoint, rendering, timeout } = settings;
  if (endpoint === undefined) {
    throw new UsageError(
      'it is not clear which server is meant',
      'use --endpoint URL, OCCI_ENDPOINT, or the configuration file',
    );
  }
  if (!/^https?:\/\//i.test(endpoint) || !URL.canParse(endpoint)) {
    throw new UsageError('the endpoint is no URL', 'write https://cloud.example.org:11443, say');
  }
  const { username, password } = new URL(endpoint);
  if (username !== '' || password !== '') {
    throw new UsageError('the endpoint has credentials in it', 'say them with --username and --password-file');
  }
  const options: ClientOptions = {
    endpoint,
    credentials: await credentialsFrom(settings, process.env, askSecret),
    tls: tlsFrom(settings),
    ...(rendering === undefined ? {} : { rendering: renderingNamed(rendering) }),
    ...(timeout === undefined ? {} : { timeoutMs: secondsIn(timeout, '--timeout') * 1000 }),
    ...(dump ? { onExchange: show } : {}),
  };
  return connect(options);
}

/** A number of seconds. @throws UsageError */
export function secondsIn(text: string, option: string): number {
  const seconds = Number(text);
  if (seconds > 0 && seconds <= 86_400) return seconds;
  throw new UsageError(`${option} is no number of seconds`, 'write a number up to 86400');
}

/** Certificates as settings name them. @throws UsageError when a file cannot be read */
export function tlsFrom(settings: Settings): TlsOptions {
  const { 'user-cred': userCred, ca, insecure, password, username } = settings;
  const pair = userCred === undefined ? undefined : textOfFile(userCred);
  return {
    ...(pair === undefined ? {} : { cert: pair, key: pair }),
    // With a user name, the password is that user's.
    ...(pair === undefined || password === undefined || username !== undefined ? {} : { passphrase: password }),
    ...(ca === undefined ? {} : { ca: textOfFile(ca) }),
    insecure: ['true', 'yes', '1'].includes(insecure ?? ''),
  };
}

const shortNames: Readonly<Record<string, Rendering>> = {
  json: 'application/occi+json',
  text: 'text/plain',
  headers: 'text/occi',
};

/** Of several media types, the first, as older clients name them. */
function renderingNamed(name: string): Rendering {
  const first = name.split(',', 1)[0]?.trim() ?? '';
  const found = shortNames[first] ?? renderings.find((one) => one === first);
  if (found !== undefined) return found;
  const known = [...Object.keys(shortNames), ...renderings].join(', ');
  throw new UsageError(`there is no rendering ${JSON.stringify(name)}`, `use ${known}`);
}

function show(exchange: Exchange): void {
  process.stderr.write(`${exchangeText(exchange)}\n`);
}
