import { inParallel } from '../../../client/in-parallel.ts';
import type { RemoteObject } from '../../../client/index.ts';
import { printable } from '../printable.ts';
import { table } from '../table.ts';
import { byteCount } from './byte-count.ts';
import type { CdmiWork } from './cdmi-work.ts';
import type { Member } from './remote-tree.ts';

/** A line of a listing; JSON is the same. */
export interface Listed {
  /** Below what was listed. */
  readonly name: string;
  readonly path: string;
  readonly url: string;
  readonly type: Member['type'] | 'domain';
  readonly id?: string;
  /** Bytes; of a domain, of all that belongs to it. */
  readonly size?: number;
  /** How many belong to a domain, where the server tells. */
  readonly objects?: number;
  readonly mimetype?: string;
  /** When it was last changed, as the server has it. */
  readonly modified?: string;
  /** What the server says of something that is not complete. */
  readonly completion?: string;
}

const atOnce = 8;

/** @param from what was listed @param isLong whether each is looked at */
export function listed(
  { client }: CdmiWork,
  from: string,
  members: readonly Member[],
  isLong: boolean,
): Promise<readonly Listed[]> {
  return inParallel(members, atOnce, async ({ path, type }) => {
    const name = path.slice(from.length) || path;
    const brief = { name, path, url: client.urlOf(path), type };
    // To look at a reference is to follow it, to where nothing has to be.
    if (!isLong || type === 'reference') return brief;
    const object = await client.find(path);
    return { ...brief, ...facts(object), ...(object?.type === 'domain' && (await loadOf(client, path))) };
  });
}

async function loadOf(client: CdmiWork['client'], path: string): Promise<Partial<Listed>> {
  const load = await client.domainLoad(path);
  return { type: 'domain', ...(load && { size: load.bytes, objects: load.objects }) };
}

function facts(object: RemoteObject | undefined): Partial<Listed> {
  if (object === undefined) return {};
  const { id, size, mimetype, completion, metadata } = object;
  const modified = metadata['cdmi_mtime'];
  return {
    ...(id === undefined ? {} : { id }),
    ...(size === undefined ? {} : { size }),
    ...(mimetype === undefined ? {} : { mimetype }),
    ...(typeof modified === 'string' ? { modified } : {}),
    ...(completion === undefined ? {} : { completion }),
  };
}

/** A listing as `--output` has it. */
export function listingText({ format, page }: CdmiWork, lines: readonly Listed[], isLong: boolean): string {
  switch (format) {
    case 'json':
      return JSON.stringify(lines, undefined, 2);
    case 'uri':
      return lines.map(({ url }) => url).join('\n');
    case 'text':
      return lines.map(({ path }) => path).join('\n');
    default:
      if (!isLong) return lines.map(({ name }) => printable(name)).join('\n');
      return lines.length === 0 ? '' : table(lines.map(row), page, ['SIZE', 'MODIFIED', 'TYPE', 'NAME']);
  }
}

function row({ name, type, size, objects, mimetype, modified, completion }: Listed): readonly string[] {
  return [
    size === undefined ? '' : byteCount(size),
    (modified ?? '').replace(/\.\d+Z$/, 'Z'),
    completion ?? mimetype ?? (objects === undefined ? type : `${type}, objects: ${objects}`),
    name,
  ];
}
