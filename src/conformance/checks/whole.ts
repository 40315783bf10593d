import type { Wording } from '../../client/wording.ts';
import type { Attributes } from '../../occi/attribute.ts';
import { core } from '../../occi/entity.ts';
import type { Trial } from '../trial.ts';

/** All that a client may say about an entity as it is: what a PUT has to hold for it to stay. */
export async function whole(trial: Trial, location: string): Promise<Wording & { readonly attributes: Attributes }> {
  const { kind, mixins, attributes } = await trial.read(location);
  const definitions = trial.catalogue.model.definitions(kind, []);
  const own = Object.entries(attributes).filter(([name]) => {
    return name === core.id || name === core.source || name === core.target || definitions.get(name)?.mutable === true;
  });
  return { kind, mixins, attributes: Object.fromEntries(own) };
}

/** A plain resource, as a request for it. */
export function plain(trial: Trial, attributes: Attributes): Wording {
  const kind = trial.plainKind;
  return { kind: kind.id, attributes: { ...trial.required(kind, attributes), ...attributes } };
}
