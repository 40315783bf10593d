import { resourceKind } from '../occi/kind.ts';
import type { Catalogue } from './catalogue.ts';
import { ClientError } from './client-error.ts';
import { locationOf, targetOf } from './location.ts';
import type { Offer } from './offer.ts';
import type { Session } from './session.ts';

/** What a link leads to. */
export interface ResourceEnd {
  /** As it stands in requests. */
  readonly reference: string;
  /** The type identifier of its kind, by the collection it is in; core#resource when that tells nothing. */
  readonly kind: string;
}

/** What is at a URL, as far as the URL tells. */
export function resourceEnd({ space, catalogue }: Session, url: string): ResourceEnd {
  const location = locationOf(space, url);
  const within = catalogue.kinds
    .filter((kind) => kind.location !== undefined && location.startsWith(kind.location.replace(/\/?$/, '/')))
    .toSorted((a, b) => (b.location?.length ?? 0) - (a.location?.length ?? 0));
  return { reference: targetOf(space, url), kind: within[0]?.id ?? resourceKind };
}

/** The kinds of links that lead to the resources of the infrastructure (GFD.224 §3.4), and what old servers call them. */
const linkTerms: ReadonlyMap<string, readonly string[]> = new Map([
  ['network', ['networkinterface', 'networklink']],
  ['storage', ['storagelink']],
  ['ipreservation', ['networkinterface', 'networklink']],
  ['securitygroup', ['securitygrouplink']],
]);

/** The kind of link that leads to a resource. @throws ClientError `not-offered` when that is not clear */
export function linkKindFor(catalogue: Catalogue, { kind, reference }: ResourceEnd): Offer {
  const { term } = catalogue.find(kind, 'kind') ?? { term: '' };
  for (const own of linkTerms.get(term) ?? []) {
    const found = catalogue.find(own, 'kind');
    if (found !== undefined) return found;
  }
  const problem = `it is not clear what kind of link leads to ${reference}`;
  throw new ClientError('not-offered', problem, { advice: 'name one' });
}
