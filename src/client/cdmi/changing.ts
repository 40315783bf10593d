import { setTimeout as pause } from 'node:timers/promises';
import { ClientError } from '../client-error.ts';
import { type CdmiCaller, callCdmi, containerType, domainType, objectType, queueType } from './cdmi-call.ts';
import { find, hasChildren, look, type RemoteObject } from './remote-object.ts';
import { asContainer, isDomain, parentOf, uriInJson, urlAt } from './remote-path.ts';

const intervalMs = 500;
const contentTypes = { container: containerType, domain: domainType, object: objectType, queue: queueType };

/**
 * Makes a container, and those it is in where they are missing (ISO/IEC 17826 §9.2); below `cdmi_domains/`, domains
 * (§10.2). One that is there stays.
 */
export async function makeContainer(caller: CdmiCaller, path: string): Promise<void> {
  const own = asContainer(path);
  if (own === '') return;
  const there = await find(caller, own);
  if (there !== undefined && hasChildren(there)) return;
  const above = parentOf(own);
  if (above !== '') await makeContainer(caller, above);
  const type = isDomain(own) ? domainType : containerType;
  const call = { method: 'PUT', path: own, accept: type, contentType: type } as const;
  // Whoever makes the same one at the same time makes no other.
  await callCdmi(caller, { ...call, json: {}, repeatable: true });
}

/** Removes an object; of a container all that is in it, too (§8.8, §9.6). */
export async function remove(caller: CdmiCaller, path: string): Promise<void> {
  await callCdmi(caller, { method: 'DELETE', path });
}

/** Has the server copy or move an object to another path (§8.2.7, §9.2.7), and waits until it has. */
export async function transfer(
  caller: CdmiCaller,
  how: 'copy' | 'move',
  source: RemoteObject,
  path: string,
): Promise<void> {
  const type = contentTypes[source.type];
  const target = hasChildren(source) ? asContainer(path) : path;
  const { response } = await callCdmi(caller, {
    method: 'PUT',
    path: target,
    accept: type,
    contentType: type,
    json: { [how]: uriInJson(caller.root, source.path) },
  });
  if (response.status === 202) await untilComplete(caller, target);
}

async function untilComplete(caller: CdmiCaller, path: string): Promise<void> {
  for (;;) {
    const { isComplete, completion } = await look(caller, path);
    if (isComplete) return;
    if (completion !== 'Processing') {
      const problem = `${urlAt(caller.root, path)} has come to nothing: ${completion}`;
      throw new ClientError('unreadable', problem, { advice: 'remove it, and try again' });
    }
    await pause(intervalMs);
  }
}

/** Sets items of metadata, and removes those that are undefined; others stay (§16.2). */
export async function setMetadata(
  caller: CdmiCaller,
  object: RemoteObject,
  items: Readonly<Record<string, unknown>>,
): Promise<void> {
  const type = contentTypes[object.type];
  await callCdmi(caller, {
    method: 'PUT',
    path: object.path,
    selectors: Object.keys(items).map((name) => `metadata:${encodeURIComponent(name)}`),
    accept: type,
    contentType: type,
    json: { metadata: items },
    repeatable: true,
  });
}
