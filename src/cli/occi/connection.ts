import { X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
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
import { endpointIn } from './endpoint.ts';
import { printableLines } from './printable.ts';
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
  const { rendering } = settings;
  return connect({
    ...(await connectionOptions(settings, dump)),
    ...(rendering === undefined ? {} : { rendering: renderingNamed(rendering) }),
  });
}

/** How to connect to the server that the settings name, whatever is spoken with it. @throws UsageError */
export async function connectionOptions(settings: Settings, dump: boolean): Promise<ClientOptions> {
  const { timeout } = settings;
  return {
    endpoint: endpointIn(settings, 'use --endpoint URL, OCCI_ENDPOINT, or the configuration file'),
    credentials: await credentialsFrom(settings, process.env, askSecret),
    tls: tlsFrom(settings),
    ...(timeout === undefined ? {} : { timeoutMs: secondsIn(timeout, '--timeout') * 1000 }),
    ...(dump ? { onExchange: show } : {}),
  };
}

/** A number of seconds. @throws UsageError */
export function secondsIn(text: string, option: string): number {
  const seconds = Number(text);
  if (seconds > 0 && seconds <= 86_400) return seconds;
  throw new UsageError(`${option} is no number of seconds`, 'write a number up to 86400');
}

/** Certificates as settings name them. @throws UsageError when a file cannot be read, or is not what it should be */
export function tlsFrom(settings: Settings): TlsOptions {
  const { 'user-cred': userCred, ca, insecure, password, username } = settings;
  return {
    // With a user name, the password is that user's.
    ...(userCred === undefined ? {} : ownCertificate(userCred, username === undefined ? password : undefined)),
    ...(ca === undefined ? {} : { ca: authorities(ca) }),
    insecure: ['true', 'yes', '1'].includes(insecure ?? ''),
  };
}

function ownCertificate(file: string, passphrase: string | undefined): TlsOptions {
  const text = textOfFile(file);
  const own = { cert: text, key: text, ...(passphrase === undefined ? {} : { passphrase }) };
  const advice = 'it has to have a certificate and its key in PEM, which --password opens when it is encrypted';
  checkFile(file, advice, () => createSecureContext(own));
  return own;
}

function authorities(file: string): string {
  const text = textOfFile(file);
  // Node passes over what it cannot read here, and trusts nobody then.
  checkFile(file, 'it has to have certificates in PEM', () => new X509Certificate(text));
  return text;
}

/** @throws UsageError when a file cannot be read as what it is for */
function checkFile(file: string, advice: string, read: () => unknown): void {
  try {
    read();
  } catch (cause) {
    throw new UsageError(`${file} cannot be used: ${(cause as Error).message}`, advice, { cause });
  }
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
  const { stderr } = process;
  const text = exchangeText(exchange);
  stderr.write(`${stderr.isTTY ? printableLines(text) : text}\n`);
}
