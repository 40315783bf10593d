import { z } from 'zod';
import type { Notification } from '../../messaging/message.ts';
import type { HostStatus } from '../backend.ts';

const share = z.object({
  vcpus: z.number().nullable(),
  memory_mb: z.number().nullable(),
  disk_gb: z.number().nullable(),
});

/** What an agent says from time to time, so that it is known to live. */
const heartbeat = z.object({
  host: z.string().min(1),
  state: z.enum(['up', 'draining', 'down']),
  started_at: z.string().optional(),
  instances: z.number().optional(),
  capacity: share.optional(),
  used: share.optional(),
});

/** The event type of heartbeats. */
const heartbeatEvent = 'agent.heartbeat';

interface Entry {
  /** Since when it could have been heard of, and the last time it was, in milliseconds. */
  since: number;
  lastSeen?: number;
  /** Whether it sends heartbeats: others are silent only when they were asked and did not answer. */
  beats: boolean;
  missed: boolean;
  state: 'up' | 'draining' | 'down';
  /** When the agent says that it was started: another start may have swallowed notifications. */
  startedAt?: string | undefined;
  load?: HostStatus['load'];
  unknown?: number;
}

/** What the table of hosts is made of. */
export interface HostsOptions {
  /** How long a host may be silent, in milliseconds. */
  readonly timeoutMs: number;
  /** Milliseconds since some fixed moment of wall-clock time. */
  readonly now: () => number;
}

/**
 * The hosts of agents, and when each was last heard of. Everything a host says counts: heartbeats, other
 * notifications, answers.
 */
export class Hosts {
  readonly #options: HostsOptions;
  readonly #entries = new Map<string, Entry>();
  readonly #returned = new Set<() => void>();

  constructor(options: HostsOptions) {
    this.#options = options;
  }

  /** Takes note of a host that the record speaks of. */
  expect(host: string): void {
    this.#entryOf(host);
  }

  /** A host has given a sign of life. */
  heard(host: string): void {
    this.#update(host, () => {});
  }

  /** A host was asked and has answered, so that it is there, whatever it said before. */
  answered(host: string): void {
    this.#update(host, (entry) => {
      if (entry.state === 'down') entry.state = 'up';
    });
  }

  /** A host was asked and has not answered. */
  missed(host: string): void {
    this.#entryOf(host).missed = true;
  }

  /** What a host has was compared with the record. @param unknown how many machines of the provider are in no record */
  compared(host: string, unknown: number): void {
    this.#entryOf(host).unknown = unknown;
  }

  /** Takes a notification for the sign of life it is. @throws Error for a heartbeat that makes no sense */
  notice({ event_type, publisher_id, payload }: Notification): void {
    if (event_type !== heartbeatEvent) {
      const host = hostIn(publisher_id, payload);
      if (host !== undefined) this.heard(host);
      return;
    }
    const { host, state, started_at: startedAt, ...load } = heartbeat.parse(payload);
    this.#update(host, (entry) => Object.assign(entry, { state, startedAt, load, beats: true }));
  }

  /** From now on every host has its full time again: for a while none could have been heard. */
  forgive(): void {
    for (const entry of this.#entries.values()) entry.since = this.#options.now();
  }

  /** Is told when a host is heard of for the first time, again after it was silent or down, or after a restart. */
  onReturn(listener: () => void): () => void {
    this.#returned.add(listener);
    return () => this.#returned.delete(listener);
  }

  /** Those that can be asked. */
  alive(): readonly string[] {
    return this.#where((entry) => !this.#isAway(entry));
  }

  /** Those that take new machines. */
  accepting(): readonly string[] {
    return this.#where((entry) => entry.state === 'up' && !this.#isAway(entry));
  }

  /** Whether a host is known to be away, so that asking it is of no use. */
  isAway(host: string): boolean {
    const entry = this.#entries.get(host);
    return entry !== undefined && this.#isAway(entry);
  }

  /** Since when a host has been silent for longer than it may; undefined when it has not. */
  silentSince(host: string): Date | undefined {
    const entry = this.#entries.get(host);
    return entry === undefined || !this.#isSilent(entry) ? undefined : new Date(entry.lastSeen ?? entry.since);
  }

  /** All hosts, with what is known about them. */
  list(): readonly HostStatus[] {
    return [...this.#entries].map(([host, entry]) => ({
      host,
      state: this.#isSilent(entry) && entry.state !== 'down' ? 'silent' : entry.state,
      ...(entry.lastSeen === undefined ? {} : { lastSeen: new Date(entry.lastSeen) }),
      ...(entry.load === undefined ? {} : { load: entry.load }),
      ...(entry.unknown === undefined ? {} : { unknown: entry.unknown }),
    }));
  }

  #update(host: string, change: (entry: Entry) => void): void {
    const entry = this.#entryOf(host);
    const { startedAt } = entry;
    const wasThere = entry.lastSeen !== undefined && !this.#isAway(entry);
    entry.lastSeen = this.#options.now();
    entry.missed = false;
    change(entry);
    const isAnother = startedAt !== undefined && startedAt !== entry.startedAt;
    if ((!wasThere || isAnother) && entry.state !== 'down') for (const listener of this.#returned) listener();
  }

  #entryOf(host: string): Entry {
    let entry = this.#entries.get(host);
    if (entry === undefined) {
      entry = { since: this.#options.now(), beats: false, missed: false, state: 'up' };
      this.#entries.set(host, entry);
    }
    return entry;
  }

  #where(condition: (entry: Entry) => boolean): readonly string[] {
    return [...this.#entries].filter(([, entry]) => condition(entry)).map(([host]) => host);
  }

  #isAway(entry: Entry): boolean {
    return entry.state === 'down' || this.#isSilent(entry);
  }

  #isSilent({ since, lastSeen = since, beats, missed }: Entry): boolean {
    const quiet = this.#options.now() - Math.max(since, lastSeen);
    return quiet > this.#options.timeoutMs && (beats || missed);
  }
}

/** The host that a notification comes from, `compute.node1`; what agents say themselves comes first. */
export function hostIn(publisher: string, payload: Notification['payload']): string | undefined {
  const { host } = payload;
  if (typeof host === 'string' && host !== '') return host;
  return /^(?:compute|network|volume)\.(.+)$/.exec(publisher)?.[1];
}
