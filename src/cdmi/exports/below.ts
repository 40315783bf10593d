import { authorize } from '../../gateway/policy/authorize.ts';
import { OcciError } from '../../occi/errors.ts';
import type { Basis } from '../../store/objects.ts';
import { basisOf } from '../changes.ts';
import type { Found } from '../found.ts';
import type { CdmiObject } from '../object.ts';
import type { Session } from '../session.ts';
import { findRoot } from '../tree.ts';
import type { ChangedEntities } from './change-exports.ts';
import { linkTo, storagesIn } from './storages-in.ts';

/**
 * The root container of the project that something is in. Whoever makes an export, or moves one, writes it too, and
 * whoever decides upon where they are expects it to be the same then: so none comes unseen.
 */
export async function rootOver(session: Session, { above }: Pick<Found, 'above'>): Promise<CdmiObject> {
  return above[0] ?? (await findRoot(session)).object;
}

/** What goes together with an object: the storage that stands for it, and for what is in it. */
export interface Going {
  readonly expect?: readonly Basis[];
  readonly entities?: ChangedEntities;
}

/** @throws OcciError `conflict` while something is linked to one of them, `forbidden` */
export async function goingWith(session: Session, found: Found): Promise<Going> {
  if (found.object.kind !== 'container') return {};
  const root = await rootOver(session, found);
  const storages = await storagesIn(session.store, found.object.id);
  const link = await linkTo(session.store, storages);
  if (link !== undefined) throw stillLinked(link);
  authorize(session, 'delete', storages);
  return { expect: [basisOf(root)], entities: { remove: storages } };
}

/** What has to be written, or expected, together with an object that is moved. */
export interface Moving {
  readonly expect?: readonly Basis[];
  readonly touched: readonly CdmiObject[];
}

export async function movingWith(session: Session, found: Found): Promise<Moving> {
  if (found.object.kind !== 'container') return { touched: [] };
  const root = await rootOver(session, found);
  const storages = await storagesIn(session.store, found.object.id);
  return storages.length === 0 ? { expect: [basisOf(root)], touched: [] } : { touched: [root] };
}

/** An export cannot go while a machine has it. */
export function stillLinked(link: string): OcciError {
  return new OcciError('conflict', `${link} is a link to the storage that stands for this export: delete it first`, {
    token: link,
  });
}
