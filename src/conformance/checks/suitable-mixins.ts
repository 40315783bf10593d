import type { Offer } from '../../client/offer.ts';
import type { Value } from '../../occi/attribute.ts';
import { resourceKind } from '../../occi/kind.ts';
import { osTemplate, resourceTemplate } from '../../occi/mixin.ts';
import { NotApplicable } from '../check.ts';
import type { Trial } from '../trial.ts';
import { infrastructure } from './standard-types.ts';

export const ipNetwork = `${infrastructure}/network#ipnetwork`;
export const address = 'occi.network.address';

/** A mixin that brings an attribute, two values for that, and a kind that can have it. */
export interface Enrichment {
  readonly kind: string;
  readonly mixin: Offer & { readonly location: string };
  readonly name: string;
  readonly values: readonly [Value, Value];
}

/** The mixin of the standard where the server has it, any that is as simple otherwise. @throws NotApplicable */
export function enrichment(trial: Trial): Enrichment {
  const { kinds, mixins, model } = trial.catalogue;
  const standard = trial.catalogue.find(ipNetwork, 'mixin');
  if (standard?.location !== undefined) {
    const mixin = { ...standard, location: standard.location };
    return { kind: trial.kind('network').id, mixin, name: address, values: ['10.20.30.0/24', '10.20.31.0/24'] };
  }
  const resources = kinds.filter(({ id, location }) => location !== undefined && model.descends(id, resourceKind));
  for (const { id: kind } of resources) {
    for (const offer of mixins) {
      const definitions = model.mixin(offer.id)?.attributes ?? [];
      const isApplicable = offer.applies.length === 0 || offer.applies.some((id) => model.descends(kind, id));
      const isSimple = definitions.every(({ required, default: fallback }) => !required || fallback !== undefined);
      // Templates are put on machines, and change them.
      const isTag = ![osTemplate, resourceTemplate].some((id) => offer.related.includes(id));
      const own = definitions.find(({ type, mutable, pattern }) => {
        return mutable && pattern === undefined && (type === 'string' || type === 'number');
      });
      if (own === undefined || offer.location === undefined || !isApplicable || !isSimple || !isTag) continue;
      const values = own.type === 'number' ? ([11, 12] as const) : (['one', 'two'] as const);
      return { kind, mixin: { ...offer, location: offer.location }, name: own.name, values };
    }
  }
  throw new NotApplicable('the server has no mixin that brings a resource an attribute of any value');
}

/** A mixin that does not apply to a kind of resources that is easily made. @throws NotApplicable */
export function misfit(trial: Trial) {
  const { kinds, mixins, model } = trial.catalogue;
  const easy = ['storage', 'network'].map((term) => trial.catalogue.find(term, 'kind'));
  const others = kinds.filter(({ id }) => id !== resourceKind && model.descends(id, resourceKind));
  for (const kind of [...easy, ...others]) {
    if (kind?.location === undefined) continue;
    const found = mixins.find(({ applies, location }) => {
      return location !== undefined && applies.length > 0 && !applies.some((id) => model.descends(kind.id, id));
    });
    if (found?.location !== undefined) return { kind: trial.kind(kind.id), mixin: found.id, location: found.location };
  }
  throw new NotApplicable('the server has no kind of resources that a mixin of its own does not apply to');
}
