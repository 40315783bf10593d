import type { CategoryClass } from '../occi/category.ts';
import { osTemplate, resourceTemplate } from '../occi/mixin.ts';
import type { Model } from '../occi/model.ts';
import { type TypeOf, typesOf } from './attribute-types.ts';
import { ClientError } from './client-error.ts';
import type { Offer, Offers } from './offer.ts';
import { modelOf } from './server-model.ts';

/** What a server offers, as its query interface describes it. */
export class Catalogue implements Offers {
  readonly kinds: readonly Offer[];
  readonly mixins: readonly Offer[];
  readonly actions: readonly Offer[];
  /** What the server says it is (`Server`); empty when it does not. */
  readonly server: string;
  /** The versions of OCCI that it says it speaks, the highest first; 1.1 when it says nothing. */
  readonly versions: readonly string[];
  /** The types of attributes, as far as the server or the standard tells them. */
  readonly typeOf: TypeOf;
  readonly #byId: ReadonlyMap<string, Offer>;
  #model: Model | undefined;

  constructor({ kinds, mixins, actions }: Offers, server = '') {
    this.kinds = kinds;
    this.mixins = mixins;
    this.actions = actions;
    this.server = server;
    this.versions = versionsIn(server);
    this.typeOf = typesOf(this);
    this.#byId = new Map([...kinds, ...mixins, ...actions].map((offer) => [offer.id, offer]));
  }

  /** The same as a model with inheritance, for rendering, its gaps filled. */
  get model(): Model {
    this.#model ??= modelOf(this, this.typeOf);
    return this.#model;
  }

  /** The mixins that are templates of operating systems (GFD.224 §3.5.1). */
  get osTemplates(): readonly Offer[] {
    return this.#templates(osTemplate);
  }

  /** The mixins that are templates of resources, sizes of machines mostly (GFD.224 §3.5.2). */
  get resourceTemplates(): readonly Offer[] {
    return this.#templates(resourceTemplate);
  }

  /**
   * The category that a name means: its type identifier, its location, its term, or a term below that of a mixin it is
   * related to, `os_tpl#debian`. Of categories with the same term kinds come first, then mixins.
   */
  find(name: string, wanted?: CategoryClass): Offer | undefined {
    const same = this.#byId.get(name);
    if (same !== undefined && (wanted ?? same.class) === same.class) return same;
    const offers = [...this.#byId.values()].filter((one) => (wanted ?? one.class) === one.class);
    const [group = '', term] = name.split('#', 2);
    return (
      offers.find(({ scheme, term: own }) => `${scheme}#${own}` === name) ??
      offers.find(({ location }) => location !== undefined && sameCollection(location, name)) ??
      offers.find((one) => one.term === name) ??
      (term === undefined ? undefined : offers.find((one) => one.term === term && belongsTo(one, group)))
    );
  }

  /** The category that a name means. @throws ClientError `not-offered`, naming what there is */
  resolve(name: string, wanted?: CategoryClass): Offer {
    const found = this.find(name, wanted);
    if (found !== undefined) return found;
    const offers = { kind: this.kinds, mixin: this.mixins, action: this.actions }[wanted ?? 'kind'];
    const terms = offers.slice(0, 20).map(({ term }) => term);
    const there = terms.length === 0 ? 'none' : `${terms.join(', ')}${offers.length > terms.length ? ', …' : ''}`;
    const what = wanted ?? 'category';
    const problem = `the server has no ${what} ${JSON.stringify(name)}`;
    throw new ClientError('not-offered', problem, { advice: `it has ${there}` });
  }

  #templates(base: string): readonly Offer[] {
    const { term } = this.mixins.find(({ id }) => id === base) ?? { term: base.slice(base.indexOf('#') + 1) };
    return this.mixins.filter((one) => one.id !== base && (this.model.depends(one.id, base) || belongsTo(one, term)));
  }
}

function sameCollection(location: string, name: string): boolean {
  return location === name || location === `${name}/`;
}

/** Whether a mixin is related to one with a term, or in the scheme that is named after it. */
function belongsTo({ related, scheme }: Offer, term: string): boolean {
  return related.some((id) => id.endsWith(`#${term}`)) || scheme.endsWith(`/${term}#`);
}

function versionsIn(server: string): readonly string[] {
  const found = [...server.matchAll(/(?<![A-Za-z0-9-])OCCI\/([0-9]+)\.([0-9]+)/g)];
  const sorted = found.toSorted((a, b) => Number(b[1]) - Number(a[1]) || Number(b[2]) - Number(a[2]));
  const versions = [...new Set(sorted.map(([, major, minor]) => `${major}.${minor}`))];
  return versions.length === 0 ? ['1.1'] : versions;
}
