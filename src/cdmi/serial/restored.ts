import { mayAdd } from '../acl/needs.ts';
import { basisOf } from '../changes.ts';
import { inPlace } from '../domains/delegation-uri.ts';
import { domainForRestored } from '../domains/domain-choice.ts';
import { delegation, memberList, memberListName } from '../domains/member-list.ts';
import { type Belonging, checkDomain, inDomain, uriOf } from '../domains/owning-domain.ts';
import { leaving } from '../domains/remove-domain.ts';
import { goingWith } from '../exports/below.ts';
import type { ChangedEntities } from '../exports/change-exports.ts';
import type { Found, Holder } from '../found.ts';
import type { CdmiObject, Domain } from '../object.ts';
import { checkDepth } from '../path.ts';
import { forbidden } from '../refusals.ts';
import { checkRemoval } from '../remove.ts';
import type { Decision } from '../save.ts';
import { grantedTo, type Session } from '../session.ts';
import { changedObject } from './changed-object.ts';
import type { Match, Matches } from './matched.ts';
import { type Made, newObject } from './new-object.ts';
import { holdsOthers, type SerialObject } from './serial-object.ts';

/** What is to be done so that all is as it was written. */
export interface Restored {
  readonly top: Found;
  /** Some objects in it do not refer to their values yet. */
  readonly decision: Required<Pick<Decision, 'create' | 'update' | 'remove' | 'expect'>> & Decision;
  /** What these values are to be, by the IDs of the objects that they are of. */
  readonly values: ReadonlyMap<string, Uint8Array>;
}

/**
 * Decides what becomes of all that was written, and of what is left over (ISO/IEC 17826 §15.3). What is made belongs to
 * the client, and has its former ID where nothing has that.
 *
 * @param above what the first is in, from the root container down
 * @throws OcciError for whatever is wrong with it, or not allowed
 */
export async function restored(session: Session, matches: Matches, above: readonly Holder[]): Promise<Restored> {
  const restoration = new Restoration(session, matches);
  for (const found of matches.removed) await restoration.remove(found);
  for (const match of matches.matches) await restoration.add(match, above);
  return restoration.result();
}

class Restoration {
  readonly #session: Session;
  readonly #matches: Matches;
  /** What has been decided upon, in its place. */
  readonly #done = new Map<Match, Found>();
  readonly #create: CdmiObject[] = [];
  readonly #update = new Map<string, CdmiObject>();
  readonly #remove = new Map<string, CdmiObject>();
  readonly #expect = new Map<string, Pick<CdmiObject, 'id' | 'revision'>>();
  readonly #entities: ChangedEntities[] = [];
  readonly #values = new Map<string, Uint8Array>();
  /** IDs that are given away. */
  readonly #taken: Set<string>;

  constructor(session: Session, matches: Matches) {
    this.#session = session;
    this.#matches = matches;
    this.#taken = new Set(matches.matches.flatMap(({ present }) => present?.object.id ?? []));
  }

  async remove(found: Found): Promise<void> {
    const { object } = found;
    await checkDomain(this.#session, object);
    await checkRemoval(this.#session, found);
    if (object.kind === 'domain') {
      const { update, expect } = await leaving(this.#session, found as Found<Domain>);
      this.#expectAll(expect);
      this.#updateAll(update);
      return;
    }
    this.#remove.set(object.id, object);
    const { expect = [], entities = {} } = await goingWith(this.#session, found);
    this.#expectAll(expect);
    this.#entities.push(entities);
  }

  async add(match: Match, top: readonly Holder[]): Promise<void> {
    const { parent, serial, present } = match;
    const holder = parent && this.#done.get(parent);
    const above = holder === undefined ? top : [...holder.above, holder.object as Holder];
    const former = serial.kind === 'domain' ? undefined : serial.domainURI;
    const { of, expect } = await domainForRestored(this.#session, present?.object ?? above.at(-1), former);
    this.#expectAll(expect);
    const object = await (present === undefined
      ? this.#make(match, above, of)
      : this.#change({ object: present.object, above }, serial, of));
    this.#done.set(match, { object, above });
  }

  async #make({ parent, serial }: Match, above: readonly Holder[], of: Belonging): Promise<CdmiObject> {
    const session = this.#session;
    const isThere = parent === undefined || parent.present !== undefined;
    checkDepth(above.length);
    if (parent?.present !== undefined && !mayAdd(serial.kind, grantedTo(session, parent.present))) {
      throw forbidden(parent.present.object, `putting a ${serial.kind} into it`);
    }
    // So that whoever deletes the one above at the same time knows of this one.
    if (serial.kind === 'domain' && isThere) this.#updateAll(above.slice(-1));
    const place = { parent: above.at(-1), id: await this.#idFor(serial), given: inPlace(session, serial, above) };
    const [first, ...others] = newObject(session, serial, place);
    const object = serial.kind === 'domain' ? first.object : inDomain(first.object, of);
    this.#createAll([{ ...first, object }, ...others, ...this.#listOf(serial, object, above)]);
    return object;
  }

  async #change(found: Found, serial: SerialObject, of: Belonging): Promise<CdmiObject> {
    const session = this.#session;
    await checkDomain(session, found.object);
    const given = inPlace(session, serial, found.above);
    const becoming = await changedObject(session, found, { serial, given, of });
    this.#expectAll([basisOf(found.object)]);
    if (becoming === undefined) return found.object;
    const { made, create = [], remove = [], touched = [], entities = {} } = becoming;
    this.#updateAll([...touched, made.object]);
    this.#noteValues([made]);
    this.#createAll(create);
    for (const value of remove) this.#remove.set(value.id, value);
    this.#entities.push(entities);
    return made.object;
  }

  result(): Restored {
    const merged = (part: keyof ChangedEntities) => this.#entities.flatMap((entities) => entities[part] ?? []);
    return {
      top: this.#done.get(this.#matches.matches[0] as Match) as Found,
      decision: {
        create: this.#create,
        update: [...this.#update.values()],
        remove: [...this.#remove.values()].map(basisOf),
        // What is changed or removed is compared anyhow.
        expect: [...this.#expect.values()].filter(({ id }) => !this.#update.has(id) && !this.#remove.has(id)),
        entities: { create: merged('create'), update: merged('update'), remove: merged('remove') } as ChangedEntities,
      },
      values: this.#values,
    };
  }

  /** Its former ID; a new one where something has that, and keeps it. */
  async #idFor({ id }: SerialObject): Promise<string> {
    const { newId } = this.#session;
    if (id === undefined || this.#taken.has(id) || !(await this.#isFree(id))) return newId();
    this.#taken.add(id);
    return id;
  }

  async #isFree(id: string): Promise<boolean> {
    const { objects } = this.#session.store;
    if (await objects.isNew(id)) return true;
    return this.#remove.size > 0 && (await objects.lineage(id)).some((object) => this.#remove.has(object.id));
  }

  /** A domain has a list of members, also where none was written. */
  #listOf(serial: SerialObject, object: CdmiObject, above: readonly Holder[]): readonly Made[] {
    if (object.kind !== 'domain' || (holdsOthers(serial) && serial.children.some(isMemberList))) return [];
    const list = memberList(this.#session, object);
    const parent: Found<Domain> = { object: above.at(-1) as Domain, above: above.slice(0, -1) };
    return [{ object: list }, { object: delegation(this.#session, list, uriOf(this.#session, parent)) }];
  }

  #createAll(made: readonly Made[]): void {
    for (const { object } of made) this.#create.push(object);
    this.#noteValues(made);
  }

  #updateAll(objects: readonly CdmiObject[]): void {
    // The root container may be written only because something in it is: as it is to be then, it is known already.
    for (const object of objects) if (!this.#update.has(object.id)) this.#update.set(object.id, object);
  }

  #expectAll(bases: readonly Pick<CdmiObject, 'id' | 'revision'>[]): void {
    for (const { id, revision } of bases) this.#expect.set(id, { id, revision });
  }

  #noteValues(made: readonly Made[]): void {
    for (const { object, bytes } of made) if (bytes !== undefined) this.#values.set(object.id, bytes);
  }
}

function isMemberList({ kind, name }: SerialObject): boolean {
  return kind === 'container' && name === memberListName;
}
