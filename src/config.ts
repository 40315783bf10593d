import { z } from 'zod';
import { fates } from './backends/nova/strays.ts';
import { type OptionalS3, s3Mistakes, s3Settings } from './cdmi/values/s3/settings.ts';
import { connectionSettings } from './cli/occi/settings.ts';
import {
  authenticationMistakes,
  authenticationSettings,
  type OptionalAuthentication,
} from './http/authentication/settings.ts';
import { cdmiSettings } from './http/cdmi/settings.ts';
import { trustedOrigins } from './http/cross-site.ts';
import { limitSettings } from './http/limits/settings.ts';
import { metricsSettings } from './http/metrics/settings.ts';
import { trust } from './http/proxies.ts';
import { tlsMistakes, tlsSettings } from './http/tls-settings.ts';
import { declarations, shownUrl } from './messaging/amqp/options.ts';
import { path, type Setting, setting, wholeNumber } from './setting.ts';
import { tracingSettings } from './tracing/settings.ts';

/** Every setting of the gateway, in the order of the documentation. */
export const settings = {
  host: setting('OCCI_HOST', z.string().min(1), '127.0.0.1', 'address to listen on'),
  port: setting('OCCI_PORT', wholeNumber(0, 65535), '3000', 'port to listen on; 0 takes a free one'),
  dataDir: setting(
    'OCCI_DATA_DIR',
    path,
    './data',
    'directory of the embedded store, of the embedded machines, and of values of CDMI',
  ),
  databaseUrl: setting(
    'OCCI_DATABASE_URL',
    z.url({ protocol: /^postgres(?:ql)?$/, error: 'must be a postgres URL' }),
    undefined,
    'PostgreSQL database of the store, which several gateways may share; without it the embedded store is used',
  ),
  databaseSchema: setting(
    'OCCI_DATABASE_SCHEMA',
    z.string().regex(/^[a-z_][a-z0-9_]{0,62}$/, 'must be a lower-case name'),
    'occi',
    'schema of that database for the tables; it is made when it is missing',
  ),
  databaseConnections: setting('OCCI_DATABASE_CONNECTIONS', wholeNumber(2, 1000), '10', 'most connections to it'),
  backend: setting(
    'OCCI_BACKEND',
    z.enum(['embedded', 'nova'], 'must be embedded or nova'),
    'embedded',
    'what makes entities real: machines within the process, or agents over RabbitMQ',
  ),
  amqpUrl: setting(
    'OCCI_AMQP_URL',
    z.url({ protocol: /^amqps?$/, error: 'must be an amqp or amqps URL' }),
    'amqp://guest:guest@127.0.0.1:5672',
    'RabbitMQ, for the nova backend and for events',
  ),
  amqpCa: setting('OCCI_AMQP_CA', path, undefined, 'PEM file with the authorities that the broker is trusted by'),
  amqpCert: setting('OCCI_AMQP_CERT', path, undefined, 'PEM file with the certificate that is shown to the broker'),
  amqpKey: setting('OCCI_AMQP_KEY', path, undefined, 'PEM file with the key of that certificate'),
  amqpExchange: setting('OCCI_AMQP_EXCHANGE', path, 'nova', 'topic exchange of the agents'),
  amqpDeclare: setting(
    'OCCI_AMQP_DECLARE',
    z.enum(declarations, `must be ${declarations.join(', ')}`),
    'transient',
    'how exchanges and queues are declared; as the agents do it, or passive to leave it to them',
  ),
  amqpEventsMax: setting(
    'OCCI_AMQP_EVENTS_MAX',
    wholeNumber(1, 2 ** 31 - 1),
    '100000',
    'how many notifications of agents wait in the broker while no gateway takes them',
  ),
  amqpEventsMaxAgeSeconds: setting(
    'OCCI_AMQP_EVENTS_MAX_AGE_SECONDS',
    wholeNumber(1, 4_000_000),
    '86400',
    'for how long they wait',
  ),
  agentTimeoutSeconds: setting(
    'OCCI_AGENT_TIMEOUT',
    wholeNumber(1, 86_400),
    '60',
    'how long an agent may be silent before its machines are in error, in seconds',
  ),
  reconcileSeconds: setting(
    'OCCI_RECONCILE_SECONDS',
    wholeNumber(1, 86_400),
    '60',
    'how often the record is compared with what agents have, in seconds',
  ),
  unknownMachines: setting(
    'OCCI_UNKNOWN_MACHINES',
    z.enum(fates, `must be ${fates.join(' or ')}`),
    'terminate',
    'what becomes of machines of this provider that are in no record, and of what is attached to machines: terminate them and detach it, or keep both, as after an older backup was restored',
  ),
  eventsExchange: setting(
    'OCCI_EVENTS_EXCHANGE',
    path,
    undefined,
    'exchange on which every change of an entity is published; without it none is',
  ),
  ...authenticationSettings,
  policyFile: setting(
    'OCCI_POLICY_FILE',
    path,
    undefined,
    'YAML file with who may do what; without it the defaults hold',
  ),
  quotaFile: setting(
    'OCCI_QUOTA_FILE',
    path,
    undefined,
    'YAML file with how much each project may use; without it everything is unlimited',
  ),
  ...tlsSettings,
  publicUrl: setting(
    'OCCI_PUBLIC_URL',
    z.url({ protocol: /^https?$/, error: 'must be an http or https URL' }),
    undefined,
    'URL by which clients know the gateway; without it the Host header tells',
  ),
  trustProxy: setting(
    'OCCI_TRUST_PROXY',
    trust,
    'false',
    'whose X-Forwarded-For, -Proto, -Host and -Prefix are believed: false for nobody, true for whoever connects, or a comma list of addresses and networks',
  ),
  trustedOrigins: setting(
    'OCCI_TRUSTED_ORIGINS',
    trustedOrigins,
    undefined,
    'other sites whose pages may send something: a comma list such as https://portal.example.org, or * for all; without it none',
  ),
  prefix: setting(
    'OCCI_PREFIX',
    z.string().regex(/^(?:\/[A-Za-z0-9._~-]+)*$/, 'must be a path such as /occi, without final slash'),
    '',
    'path under which the gateway is mounted',
  ),
  lineEnds: setting(
    'OCCI_LINE_ENDS',
    z.enum(['lf', 'crlf'], 'must be lf or crlf'),
    'lf',
    'how lines of text/plain and text/uri-list end: as clients expect it, or by the letter of GFD.229',
  ),
  modelDir: setting('OCCI_MODEL_DIR', path, undefined, 'directory with model files of your own, read at start'),
  templateScheme: setting(
    'OCCI_TEMPLATE_SCHEME',
    z.url('must be a URL').endsWith('#', 'must end in #'),
    'http://localhost/occi/infrastructure/os_tpl#',
    'scheme of operating system templates; has to be yours alone',
  ),
  fakeDelayMs: setting(
    'OCCI_FAKE_DELAY_MS',
    wholeNumber(0, 3_600_000),
    '100',
    'how long the embedded machines take for every change of state, in milliseconds',
  ),
  auditLog: setting(
    'OCCI_AUDIT_LOG',
    path,
    undefined,
    'file for a record of who changed what and who was refused; log for the log; without it there is none',
  ),
  logLevel: setting(
    'OCCI_LOG_LEVEL',
    z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'], 'must be a pino level'),
    'info',
    'least level that is logged',
  ),
  maxBodyBytes: setting('OCCI_MAX_BODY_BYTES', wholeNumber(1024, 2 ** 30), '1048576', 'largest request body (413)'),
  maxHeaderBytes: setting(
    'OCCI_MAX_HEADER_BYTES',
    wholeNumber(8192, 2 ** 24),
    '65536',
    'largest request header section (431)',
  ),
  maxResponseHeaderBytes: setting(
    'OCCI_MAX_RESPONSE_HEADER_BYTES',
    wholeNumber(8192, 2 ** 24),
    '65536',
    'largest text/occi rendering; a larger one is answered with 406, never cut short',
  ),
  maxBatch: setting(
    'OCCI_MAX_BATCH',
    wholeNumber(1, 10_000_000),
    '100000',
    'how many entities one request may create, change or delete (413)',
  ),
  pageSize: setting('OCCI_PAGE_SIZE', wholeNumber(1, 1_000_000), '20', 'page size when only page is given'),
  maxPageSize: setting('OCCI_MAX_PAGE_SIZE', wholeNumber(1, 1_000_000), '1000', 'largest number of a page (413)'),
  cachedEntities: setting(
    'OCCI_CACHED_ENTITIES',
    wholeNumber(0, 10_000_000),
    '32768',
    'how many entities the embedded store keeps in memory for reading',
  ),
  ...cdmiSettings,
  ...s3Settings,
  ...limitSettings,
  ...metricsSettings,
  ...tracingSettings,
  requestTimeoutMs: setting(
    'OCCI_REQUEST_TIMEOUT_MS',
    wholeNumber(100, 3_600_000),
    '30000',
    'how long a client may take to send a request, in milliseconds (408)',
  ),
  backendTimeoutMs: setting(
    'OCCI_BACKEND_TIMEOUT_MS',
    wholeNumber(10, 3_600_000),
    '30000',
    'how long a backend may take to accept a command, in milliseconds (503)',
  ),
  shutdownMs: setting(
    'OCCI_SHUTDOWN_MS',
    wholeNumber(0, 3_600_000),
    '10000',
    'how long requests in flight may take to finish after SIGTERM, in milliseconds',
  ),
} as const;

type Settings = typeof settings;
type Optional =
  | 'auditLog'
  | 'otlpEndpoint'
  | OptionalAuthentication
  | OptionalS3
  | 'tlsCert'
  | 'tlsKey'
  | 'tlsClientCa'
  | 'httpPort'
  | 'amqpCa'
  | 'amqpCert'
  | 'amqpKey'
  | 'databaseUrl'
  | 'eventsExchange'
  | 'modelDir'
  | 'policyFile'
  | 'quotaFile'
  | 'publicUrl';

/** The configuration, checked. */
export type Config = {
  readonly [K in Exclude<keyof Settings, Optional>]: z.output<Settings[K]['schema']>;
} & { readonly [K in Optional]?: z.output<Settings[K]['schema']> };

/** The settings of the server that the command puts in front of the handler, and of its log. A library has its own. */
export const serverSettings = [
  'host',
  'port',
  'tlsCert',
  'tlsKey',
  'tlsClientCa',
  'tlsClientAuth',
  'hstsMaxAgeSeconds',
  'httpPort',
  'httpRedirect',
  'logLevel',
  'maxHeaderBytes',
  'maxConnectionsPerAddress',
  'sendTimeoutMs',
  'metricsPort',
  'metricsHost',
  'requestTimeoutMs',
  'shutdownMs',
] as const satisfies readonly (keyof Settings)[];

/** What is wrong with the environment: one line per mistake. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/**
 * Reads the configuration from environment variables.
 *
 * @throws ConfigError naming every variable with a wrong value
 */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const mistakes: string[] = [];
  const config: Record<string, unknown> = {};
  for (const [name, { variable, schema, default: fallback }] of Object.entries<Setting>(settings)) {
    const value = environment[variable] ?? fallback;
    if (value === undefined) continue;
    const result = schema.safeParse(value);
    if (result.success) config[name] = result.data;
    else
      mistakes.push(`${variable}=${shownUrl(value)}: ${result.error.issues.map(({ message }) => message).join(', ')}`);
  }
  mistakes.push(...tlsMistakes(config), ...authenticationMistakes(config), ...s3Mistakes(config));
  if (mistakes.length > 0) throw new ConfigError(mistakes.join('\n'));
  return config as Config;
}

/**
 * Variables that look like settings of the gateway and are none: most likely spelt wrong, or of another version. Those
 * of the agent and of `occi`, which may share its shell, are not among them.
 */
export function unknownVariables(environment: Readonly<Record<string, string | undefined>>): readonly string[] {
  const all: readonly { readonly variable: string }[] = [...Object.values(settings), ...connectionSettings];
  const known = new Set(all.map(({ variable }) => variable));
  return Object.keys(environment).filter((variable) => /^OCCI_(?!AGENT_)/.test(variable) && !known.has(variable));
}
