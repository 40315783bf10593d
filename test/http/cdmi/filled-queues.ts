import { expect } from 'vitest';
import type { Answer, Send } from '../home-lab.ts';
import { until } from '../until.ts';
import { speaking } from './cdmi-lab.ts';

/** Somebody who sends requests. */
export interface Asker {
  request(method: string, path: string, send?: Send): Promise<Answer>;
}

/** What a client does with queues that the server fills. */
export interface FilledQueues {
  /** Makes a queue, or changes it. */
  put(path: string, metadata: object, kind?: string): Promise<Answer>;
  /** Makes a data object, or writes it. */
  write(path: string, fields?: object): Promise<Answer>;
  /** The values that are in a queue, as soon as there are so many. */
  values(path: string, count: number): Promise<readonly Json[]>;
  /** The status of a queue, as soon as it is not `Processing` any more. */
  status(path: string, item?: string): Promise<string>;
  metadata(path: string): Promise<Json>;
}

// biome-ignore lint/suspicious/noExplicitAny: what is read in tests is compared, and of any form
export type Json = any;

export const query = (scope: object, results?: object | string): object => ({
  cdmi_queue_type: 'cdmi_query_queue',
  cdmi_scope_specification: scope,
  ...(results !== undefined && { cdmi_results_specification: results }),
});

export const notification = (events: readonly string[], scope: object = [], results?: object | string): object => ({
  cdmi_queue_type: 'cdmi_notification_queue',
  cdmi_notification_events: events,
  cdmi_scope_specification: scope,
  ...(results !== undefined && { cdmi_results_specification: results }),
});

export const logging = (...classes: readonly string[]): object => ({
  cdmi_queue_type: 'cdmi_logging_queue',
  cdmi_logging_class: classes,
});

/** A client of queues that the server fills. */
export function filledQueues({ request }: Asker): FilledQueues {
  const read = async (path: string) => (await request('GET', path, { headers: speaking('queue') })).json() as Json;
  return {
    put: (path, metadata, kind = 'queue') =>
      request('PUT', path, { headers: speaking(kind), body: JSON.stringify({ metadata }) }),
    write: (path, fields = {}) =>
      request('PUT', path, { headers: speaking('object'), body: JSON.stringify({ value: 'v', ...fields }) }),
    async values(path, count) {
      const all = await until(
        () => read(`${path}?mimetype;values:10000`),
        ({ value = [] }) => value.length >= count,
      );
      const { value = [], mimetype = [] } = all;
      for (const type of mimetype) expect(type).toBe('application/json');
      return value.map((text: string) => JSON.parse(text));
    },
    async status(path, item = 'cdmi_query_status') {
      const shown = await until(
        () => read(`${path}?metadata:${item}`),
        ({ metadata }) => metadata[item] !== 'Processing',
      );
      return shown.metadata[item];
    },
    metadata: async (path) => (await read(`${path}?metadata`)).metadata,
  };
}
