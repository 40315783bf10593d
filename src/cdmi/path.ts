import { OcciError, quoteToken } from '../occi/errors.ts';
import { readObjectId } from './object-id.ts';

/** What a path below the root URI of CDMI says (ISO/IEC 17826 §5.2, §5.10). */
export interface CdmiPath {
  /** Where it begins: at the root, at an object by its ID, or in the tree of capabilities. */
  readonly from: 'root' | 'capabilities' | 'ids' | { readonly id: string };
  /** The names from there on, as they are in JSON: without escapes. */
  readonly names: readonly string[];
  /** Whether a slash comes after the last one, as containers have it. */
  readonly slash: boolean;
}

/** Names at the root that lead elsewhere. */
export const capabilitiesName = 'cdmi_capabilities';
export const objectIdName = 'cdmi_objectid';

/** The name at the root behind which domains are. */
export const domainsName = 'cdmi_domains';

/** The name in a domain behind which its summaries are. */
export const summaryName = 'cdmi_domain_summary';

/** The name in a container behind which its snapshots are. */
export const snapshotsName = 'cdmi_snapshots';

/**
 * Reads the path of a request.
 *
 * @param path below the root URI, beginning with its slash, with percent escapes
 * @throws OcciError `invalid-request` for names that nothing can have, `not-found` for what is no object ID
 */
export function readPath(path: string): CdmiPath {
  return placed(split(path).map(decoded), path.endsWith('/'));
}

/** The same of a path without percent escapes, as in JSON. */
export function readPlainPath(path: string): CdmiPath {
  return placed(split(path), path.endsWith('/'));
}

/**
 * Lets a name be given to something new.
 *
 * @throws OcciError `invalid-request` for reserved ones, and for those that no URI could lead to
 */
export function checkName(name: string): void {
  if (isReserved({ name })) {
    throw new OcciError('invalid-request', `${quoteToken(name)} is reserved, as are all names that begin with cdmi_`);
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are meant
  if (name === '' || name === '.' || name === '..' || /[/?\u0000-\u001f\u007f]/.test(name)) {
    throw new OcciError('invalid-request', `${quoteToken(name)} cannot be the name of an object`, { token: name });
  }
  if (Buffer.byteLength(name) > longestName) {
    throw new OcciError('invalid-request', `the name of an object must not exceed ${longestName} bytes`);
  }
}

/** Whether it is there by itself, under a name that nobody may give. */
export function isReserved({ name }: { readonly name: string }): boolean {
  return name.startsWith('cdmi_');
}

/** Bytes; as file systems have it. */
const longestName = 255;

/** How deep objects can be, in names. Paths are in URIs, and those are not as long as one likes. */
export const deepest = 256;

/**
 * Lets something be so many names below the root.
 *
 * @throws OcciError `invalid-request`
 */
export function checkDepth(names: number): void {
  if (names > deepest) throw new OcciError('invalid-request', `a path has at most ${deepest} names`);
}

/** A name as it stands in a URI. */
export function escaped(name: string): string {
  return encodeURIComponent(name);
}

function split(path: string): readonly string[] {
  return path.split('/').filter((name) => name !== '');
}

function placed(names: readonly string[], slash: boolean): CdmiPath {
  checkDepth(names.length);
  for (const name of names) {
    // No database has to be asked for what it cannot read.
    if (name.includes('\0') || !name.isWellFormed()) {
      throw new OcciError('invalid-request', `${quoteToken(name)} cannot be the name of an object`, { token: name });
    }
  }
  const [first, second, ...others] = names;
  if (first === capabilitiesName) return { from: 'capabilities', names: names.slice(1), slash };
  if (first !== objectIdName) return { from: 'root', names, slash };
  if (second === undefined) return { from: 'ids', names: [], slash };
  const id = readObjectId(second);
  if (id === undefined) throw new OcciError('not-found', `${quoteToken(second)} is no object ID`, { token: second });
  return { from: { id }, names: others, slash };
}

function decoded(name: string): string {
  let text: string;
  try {
    text = decodeURIComponent(name);
  } catch {
    throw new OcciError('invalid-request', `${quoteToken(name)} has a percent escape that is not UTF-8`, {
      token: name,
    });
  }
  if (text.includes('/')) throw new OcciError('invalid-request', `${quoteToken(text)}: a name has no slash in it`);
  return text;
}
