import type { ActionInvocation } from '../occi/action.ts';
import type { Attributes } from '../occi/attribute.ts';

/** The action of OCCI 1.1 that makes a storage larger (GFD.184 §3.3). */
const resizeAction = 'http://schemas.ogf.org/occi/infrastructure/storage/action#resize';

/** What an entity takes as soon as an action is under way on it; its attributes tell it when that is over. */
export function claimsOf({ action, attributes }: ActionInvocation): Attributes | undefined {
  const size = attributes['size'];
  return action.id === resizeAction && size !== undefined ? { 'occi.storage.size': size } : undefined;
}
