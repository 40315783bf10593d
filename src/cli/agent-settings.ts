import { hostname } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { topics } from '../agent/topics.ts';
import { ConfigError } from '../config.ts';
import { declarations } from '../messaging/amqp/options.ts';
import type { Setting } from '../setting.ts';
import { tracingSettings } from '../tracing/settings.ts';

/** A setting of the agent: an option of the command, and an environment variable for when it is not given. */
export interface AgentSetting extends Setting {
  /** Without the two dashes. */
  readonly option: string;
  /** What an operator has to put there, `<url>`. */
  readonly value: string;
  /** The default in words, where it is not the same everywhere. */
  readonly shown?: string;
  /** Whether it may contain a password, so that it is never shown. */
  readonly isSecret?: true;
}

const wholeNumber = (minimum: number, maximum: number) =>
  z
    .string()
    .regex(/^[0-9]{1,15}$/, 'must be a whole number')
    .transform(Number)
    .refine((value) => value >= minimum && value <= maximum, `must be from ${minimum} to ${maximum}`);

/** How much there is of something; null is no limit. */
const limit = (pattern: RegExp, what: string) =>
  z
    .string()
    .regex(pattern, `must be ${what} or none`)
    .transform((text) => (text === 'none' ? null : Number(text)));

const gibibytes = limit(/^(?:none|[0-9]{1,9}(?:\.[0-9]{1,3})?)$/, 'a number of GiB').transform((size) =>
  size === null ? null : Math.floor(size * 1024),
);

const path = z.string().min(1, 'must not be empty');

const topicList = z
  .string()
  .transform((text) => text.split(',').map((topic) => topic.trim()))
  .pipe(z.array(z.enum(topics, `must be of ${topics.join(',')}`)).min(1));

/** Every setting of the agent, in the order of its help. Sizes become MiB. */
export const agentSettings = {
  amqpUrl: {
    option: 'amqp-url',
    value: '<url>',
    variable: 'OCCI_AMQP_URL',
    schema: z.url({ protocol: /^amqps?$/, error: 'must be an amqp or amqps URL' }),
    default: 'amqp://guest:guest@127.0.0.1:5672',
    meaning: 'the message broker',
    isSecret: true,
  },
  amqpCa: {
    option: 'amqp-ca',
    value: '<file>',
    variable: 'OCCI_AMQP_CA',
    schema: path,
    meaning: 'certificate authorities that vouch for the broker, in PEM; without it those that Node knows',
  },
  amqpCert: {
    option: 'amqp-cert',
    value: '<file>',
    variable: 'OCCI_AMQP_CERT',
    schema: path,
    meaning: 'client certificate, in PEM',
  },
  amqpKey: {
    option: 'amqp-key',
    value: '<file>',
    variable: 'OCCI_AMQP_KEY',
    schema: path,
    meaning: 'its private key, in PEM',
  },
  otlpEndpoint: {
    option: 'otlp-endpoint',
    value: '<url>',
    ...tracingSettings.otlpEndpoint,
  },
  exchange: {
    option: 'exchange',
    value: '<name>',
    variable: 'OCCI_AMQP_EXCHANGE',
    schema: z.string().regex(/^[A-Za-z0-9._:-]{1,255}$/, 'must be a name of letters, digits and ._:-'),
    default: 'nova',
    meaning: 'topic exchange of commands and notifications',
  },
  declare: {
    option: 'declare',
    value: `<${declarations.join('|')}>`,
    variable: 'OCCI_AMQP_DECLARE',
    schema: z.enum(declarations, `must be ${declarations.join(', ')}`),
    default: 'transient',
    meaning: 'how exchanges and queues are declared; must be the same for all peers',
  },
  host: {
    option: 'host',
    value: '<name>',
    variable: 'OCCI_AGENT_HOST',
    schema: z.string().regex(/^[A-Za-z0-9._-]{1,200}$/, 'must be a host name'),
    default: hostname(),
    shown: 'name of the machine',
    meaning: 'name under which the agent is reached; no two agents have the same',
  },
  topics: {
    option: 'topics',
    value: '<list>',
    variable: 'OCCI_AGENT_TOPICS',
    schema: topicList,
    default: topics.join(','),
    meaning: 'what it serves',
  },
  driver: {
    option: 'driver',
    value: '<fake>',
    variable: 'OCCI_AGENT_DRIVER',
    schema: z.enum(['fake'], 'must be fake'),
    default: 'fake',
    meaning: 'what makes machines',
  },
  directory: {
    option: 'directory',
    value: '<path>',
    variable: 'OCCI_AGENT_DIRECTORY',
    schema: path,
    shown: './data/agent-<host>',
    meaning: 'where it remembers its machines',
  },
  cores: {
    option: 'cores',
    value: '<number>',
    variable: 'OCCI_AGENT_CORES',
    schema: limit(/^(?:none|[0-9]{1,9})$/, 'a whole number'),
    default: 'none',
    meaning: 'how many cores its machines may have together',
  },
  memory: {
    option: 'memory',
    value: '<GiB>',
    variable: 'OCCI_AGENT_MEMORY',
    schema: gibibytes,
    default: 'none',
    meaning: 'how much memory its machines may have together, in GiB',
  },
  disk: {
    option: 'disk',
    value: '<GiB>',
    variable: 'OCCI_AGENT_DISK',
    schema: gibibytes,
    default: 'none',
    meaning: 'how much disk its machines and volumes may have together, in GiB',
  },
  delayMs: {
    option: 'delay-ms',
    value: '<ms>',
    variable: 'OCCI_FAKE_DELAY_MS',
    schema: wholeNumber(0, 3_600_000),
    default: '100',
    meaning: 'how long the fake driver takes for everything, in milliseconds',
  },
  heartbeatSeconds: {
    option: 'heartbeat-seconds',
    value: '<s>',
    variable: 'OCCI_AGENT_HEARTBEAT_SECONDS',
    schema: wholeNumber(1, 3600),
    default: '10',
    meaning: 'time from one sign of life to the next, in seconds',
  },
  drainMs: {
    option: 'drain-ms',
    value: '<ms>',
    variable: 'OCCI_AGENT_DRAIN_MS',
    schema: wholeNumber(0, 86_400_000),
    default: '30000',
    meaning: 'how long work under way may take to finish after SIGTERM, in milliseconds',
  },
  logLevel: {
    option: 'log-level',
    value: '<level>',
    variable: 'OCCI_LOG_LEVEL',
    schema: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'], 'must be a pino level'),
    default: 'info',
    meaning: 'least level that is logged',
  },
} as const satisfies Readonly<Record<string, AgentSetting>>;

type Settings = typeof agentSettings;
type Optional = 'amqpCa' | 'amqpCert' | 'amqpKey' | 'otlpEndpoint';

/** The configuration of an agent, checked; memory and disk in MiB. */
export type AgentConfig = { readonly [K in Exclude<keyof Settings, Optional>]: z.output<Settings[K]['schema']> } & {
  readonly [K in Optional]?: z.output<Settings[K]['schema']>;
};

/**
 * Reads the configuration from the command line and, for what is not there, from environment variables.
 *
 * @throws ConfigError with a line for every mistake
 */
export function readAgentConfig(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): AgentConfig {
  const given = optionsOf(args);
  const mistakes: string[] = [];
  const config: Record<string, unknown> = {};
  for (const [name, setting] of Object.entries<AgentSetting>(agentSettings)) {
    const { option, variable, schema, default: fallback, isSecret } = setting;
    const value = given[option] ?? environment[variable] ?? fallback;
    if (value === undefined) continue;
    const result = schema.safeParse(value);
    if (result.success) config[name] = result.data;
    else {
      const source = given[option] === undefined ? variable : `--${option}`;
      const reasons = result.error.issues.map(({ message }) => message).join(', ');
      mistakes.push(`${source}${isSecret ? '' : `=${value}`}: ${reasons}`);
    }
  }
  if (mistakes.length > 0) throw new ConfigError(mistakes.join('\n'));
  return { directory: join('data', `agent-${config['host']}`), ...config } as AgentConfig;
}

function optionsOf(args: readonly string[]): Readonly<Record<string, string | undefined>> {
  const options = Object.fromEntries(
    Object.values<AgentSetting>(agentSettings).map(({ option }) => [option, { type: 'string' as const }]),
  );
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    throw new ConfigError((error as Error).message, { cause: error });
  }
}
