import { OcciError } from '../../occi/errors.ts';
import { locate } from '../../occi/name-space.ts';
import type { Container, Json, JsonObject } from '../object.ts';
import { invalid } from '../refusals.ts';
import type { Session } from '../session.ts';
import { keptExport, type Linked } from './exported.ts';
import { checkProtocol } from './protocols.ts';

/**
 * Reads what a request says about exports (ISO/IEC 17826 §13), in the form in which it is kept. All of them are meant:
 * what is left out is exported no more.
 *
 * Machines of this provider are permitted by links, and by nothing else. Whoever names them may repeat that, as the
 * standard has it in its example (§13.3); URIs of others are kept as they are.
 *
 * @param linked what there is already
 * @throws OcciError `invalid-request`, `conflict`
 */
export function readExports(
  session: Session,
  { id }: Pick<Container, 'id'>,
  given: JsonObject,
  linked: Linked | undefined,
): JsonObject {
  const read = Object.entries(given).map(([protocol, one]): [string, Json] => {
    checkProtocol(protocol, session.exports, session.capabilities);
    if (typeof one !== 'object' || one === null || Array.isArray(one)) throw invalid(`${protocol} is no object`);
    const { identifier = '', permissions } = one as JsonObject;
    // Nobody knows it before the container is there; some send an empty one.
    if (identifier !== '' && String(identifier).toUpperCase() !== id) {
      throw invalid(`identifier: the object ID of this container is ${id}`, String(identifier));
    }
    return [protocol, keptExport(others(session, permissions, linked?.by ?? []))];
  });
  return Object.fromEntries(read);
}

/** The URIs that are not those of what is linked, which has to be among them. */
function others({ space }: Session, permissions: Json | undefined, linked: readonly string[]): readonly string[] {
  if (permissions === undefined) return [];
  const uris = typeof permissions === 'string' ? [permissions] : permissions;
  if (!isTexts(uris)) throw invalid('permissions have to be a list of URIs');
  const locations = new Map(uris.map((uri) => [uri, locate(space, uri)?.replace(/\/$/, '')]));
  const named = new Set(locations.values());
  for (const location of linked) {
    if (named.has(location)) continue;
    throw new OcciError('conflict', `permissions: ${location} is linked to this container; delete the link`, {
      token: location,
    });
  }
  for (const [uri, location] of locations) {
    if (location === undefined || linked.includes(location)) continue;
    throw invalid(`permissions: no machine ${JSON.stringify(uri)} is linked to this container; link it in OCCI`, uri);
  }
  return [...locations].filter(([, location]) => location === undefined).map(([uri]) => uri);
}

function isTexts(value: Json): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}
