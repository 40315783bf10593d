import { z } from 'zod';
import { ClientError } from '../client-error.ts';
import type { Exchange } from '../exchange.ts';
import { type CdmiCaller, callCdmi, isMissing, objectType, queueType, treeTypes } from './cdmi-call.ts';
import { asContainer, urlAt } from './remote-path.ts';

/** An object of a CDMI server, without its value and its children. */
export interface RemoteObject {
  /** Below the root, without escapes; of what has children with its slash. */
  readonly path: string;
  readonly url: string;
  /** Containers and domains have children; to capabilities, containers are all that they are like. */
  readonly type: 'container' | 'domain' | 'object' | 'queue';
  /** Where the reference is that has led here (§5.16), if one has. */
  readonly reference?: string;
  /** The object ID. */
  readonly id?: string;
  /** Of the value, in bytes, where the server tells. */
  readonly size?: number;
  readonly mimetype?: string;
  /** Whether all of it is there: an upload may be under way, or a copy. */
  readonly isComplete: boolean;
  /** What the server says when it is not, or cannot be. */
  readonly completion?: string;
  readonly metadata: Readonly<Record<string, unknown>>;
}

const answer = z.object({
  objectType: z.string().optional(),
  objectID: z.string().optional(),
  completionStatus: z.string().optional(),
  mimetype: z.string().nullish(),
  metadata: z.record(z.string(), z.unknown()).nullish(),
});

const selectors = ['objectType', 'objectID', 'completionStatus', 'mimetype', 'metadata'];

/** Reads what a server says about an object (ISO/IEC 17826 §8.4, §9.4). @throws ClientError `refused`, `unreadable` */
export async function look(caller: CdmiCaller, path: string): Promise<RemoteObject> {
  try {
    const exchange = await callCdmi(caller, {
      method: 'GET',
      path,
      selectors,
      accept: path === '' || path.endsWith('/') ? treeTypes : `${objectType}, ${queueType}, ${treeTypes}`,
    });
    return remoteObject(caller, path, exchange);
  } catch (error) {
    // Where a proxy has changed the host, the way to the slash leads elsewhere.
    const isRedirected = error instanceof ClientError && [301, 302].includes(error.details.status ?? 0);
    if (isRedirected && !path.endsWith('/')) return look(caller, asContainer(path));
    throw error;
  }
}

/** The same; undefined when there is nothing. */
export function find(caller: CdmiCaller, path: string): Promise<RemoteObject | undefined> {
  return look(caller, path).catch((error: unknown) => {
    if (isMissing(error)) return undefined;
    throw error;
  });
}

function remoteObject({ root }: CdmiCaller, asked: string, exchange: Exchange): RemoteObject {
  const { objectType: said = '', objectID, completionStatus = 'Complete', ...others } = jsonIn(exchange, answer);
  const metadata = others.metadata ?? {};
  const type = typeIn(said);
  const followed = pathBehind(root, asked, exchange.request.url);
  const path = hasChildren({ type }) ? asContainer(followed ?? asked) : (followed ?? asked);
  const size = Number(metadata['cdmi_size'] ?? Number.NaN);
  const isComplete = /^completed?$/i.test(completionStatus);
  return {
    path,
    url: urlAt(root, path),
    type,
    ...(followed === undefined ? {} : { reference: asked }),
    ...(objectID === undefined ? {} : { id: objectID }),
    ...(type !== 'object' || !Number.isSafeInteger(size) ? {} : { size }),
    ...(typeof others.mimetype === 'string' ? { mimetype: others.mimetype } : {}),
    isComplete,
    ...(isComplete ? {} : { completion: completionStatus }),
    metadata,
  };
}

/** Whether others are in it. */
export function hasChildren({ type }: Pick<RemoteObject, 'type'>): boolean {
  return type === 'container' || type === 'domain';
}

function typeIn(objectType: string): RemoteObject['type'] {
  if (/container|capability/.test(objectType)) return 'container';
  if (objectType.includes('domain')) return 'domain';
  return objectType.includes('queue') ? 'queue' : 'object';
}

/** The path that redirections have led to, but for the slash of containers; undefined when none have. */
function pathBehind(root: string, asked: string, url: string): string | undefined {
  const [reached = ''] = url.split('?', 1);
  const isSame = reached === urlAt(root, asked) || reached === urlAt(root, asContainer(asked));
  return isSame || !reached.startsWith(root) ? undefined : decodeURIComponent(reached.slice(root.length));
}

/** What an answer says in JSON. @throws ClientError `unreadable` when it is something else */
export function jsonIn<T>(exchange: Exchange, schema: z.ZodType<T>): T {
  const { request, response } = exchange;
  try {
    return schema.parse(JSON.parse(new TextDecoder().decode(response.body)));
  } catch (cause) {
    const problem = `the answer to ${request.method} ${request.url} is not as CDMI has it`;
    throw new ClientError('unreadable', problem, { advice: 'is the root of CDMI right?', exchange }, { cause });
  }
}
