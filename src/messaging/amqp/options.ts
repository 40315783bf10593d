/**
 * How exchanges and queues are declared; they have to be declared alike by all peers. `transient` is the default of
 * oslo.messaging, `durable` its `amqp_durable_queues`, `quorum` its `rabbit_quorum_queue`; `passive` declares none of
 * what is shared, and waits until somebody else has.
 */
export const declarations = ['transient', 'durable', 'quorum', 'passive'] as const;
export type Declaration = (typeof declarations)[number];

/** A connection to RabbitMQ. */
export interface AmqpOptions {
  /** `amqp://user:password@host:port/vhost`, or `amqps:`; without a user, a client certificate tells who it is. */
  readonly url: string;
  /** The control exchange of the services that are spoken with; `nova` when none is named. */
  readonly exchange?: string;
  readonly declare?: Declaration;
  /** For `amqps:`, in PEM. Without `ca`, the certificate authorities that Node knows are trusted. */
  readonly tls?: {
    readonly ca?: string;
    readonly cert?: string;
    readonly key?: string;
    readonly passphrase?: string;
    /** The name that the certificate of the server has to be for, where it is not the host of the URL. */
    readonly servername?: string;
  };
  /** How the connection is named in the broker's management tools. */
  readonly name?: string;
  /** Seconds between signs of life; a connection without any for two of them is dead. */
  readonly heartbeatSeconds?: number;
  /** How many requests a server works on at once, and has in memory at most. */
  readonly prefetch?: number;
  /** The largest message that is read, in bytes; larger ones are dropped and logged. */
  readonly maxMessageBytes?: number;
  /** How many notifications are kept in memory while the broker is away; the oldest are given up first. */
  readonly maxWaitingNotifications?: number;
  /** The queues to listen to; one of one's own for everything when none is named. */
  readonly events?: readonly EventQueueOptions[];
  /** Milliseconds between attempts to connect: the first, and the most it becomes. */
  readonly reconnect?: { readonly firstMs: number; readonly mostMs: number };
  /** Is told of each message that the broker has confirmed, and whether it came back because there is no queue for it. */
  readonly onPublished?: (isReturned: boolean) => void;
  /** Is told about faults of the machinery; never about the contents of messages. */
  readonly log?: (message: string, detail?: unknown) => void;
}

/** What holds where nothing is said. */
export const amqpDefaults = {
  exchange: 'nova',
  declare: 'transient',
  name: 'occi',
  heartbeatSeconds: 30,
  prefetch: 64,
  maxMessageBytes: 16 * 2 ** 20,
  maxWaitingNotifications: 100_000,
  events: [{}],
  reconnect: { firstMs: 250, mostMs: 15_000 },
  log: () => {},
} as const satisfies Partial<AmqpOptions>;

/** A queue for notifications. */
export interface EventQueueOptions {
  /**
   * The name of the queue. It outlives the process, and among several that listen to the same one, a single one at a
   * time is given its notifications, in order. One that is not named is of this process, and ends with its connection.
   */
  readonly queue?: string;
  /** Exchanges it is bound to; the control exchange when nothing is said. */
  readonly exchanges?: readonly string[];
  /** Routing keys; `notifications.info`, `.error` and `.sample` when nothing is said. */
  readonly keys?: readonly string[];
  /** How many notifications it holds at most; the oldest are given up first. */
  readonly maxLength?: number;
  /** For how long it holds one, in milliseconds. */
  readonly maxAgeMs?: number;
}

/** A URL as it may be shown: without the password. */
export function shownUrl(url: string): string {
  return url.replace(/^([a-z]+:\/\/[^:@/]*):[^@]*@/i, '$1:***@');
}
