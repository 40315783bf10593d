import type { Choices } from './choices.ts';
import { type Draft, type Given, type MixinDraft, Refusal } from './draft.ts';
import { type Attribute, type Category, core, idOf, osTemplate, resourceTemplate, type Scalar } from './model.ts';

export interface Entity {
  /** Below the prefix. */
  readonly place: string;
  readonly kind: string;
  mixins: readonly string[];
  /** `occi.core.id` among them; the ends of links are places, or URLs of something elsewhere. */
  values: ReadonlyMap<string, Scalar>;
  /** The state it is on its way to, and when it gets there. */
  due?: { readonly state: string; readonly at: number };
}

const ends: readonly string[] = ['occi.core.source', 'occi.core.target'];
const computed: readonly string[] = ['occi.core.source.kind', 'occi.core.target.kind'];

/** What there is, and what may be done with it. */
export class Cloud {
  readonly #choices: Choices;
  #categories: ReadonlyMap<string, Category>;
  #entities: ReadonlyMap<string, Entity> = new Map();
  /** Where something was once. */
  readonly #left = new Set<string>();
  #count = 0;

  constructor(choices: Choices) {
    this.#choices = choices;
    this.#categories = new Map(choices.categories.map((one) => [idOf(one), one]));
  }

  get categories(): readonly Category[] {
    return [...this.#categories.values()];
  }

  get entities(): readonly Entity[] {
    return [...this.#entities.values()];
  }

  category(id: string): Category | undefined {
    return this.#categories.get(id);
  }

  categoryAt(place: string): Category | undefined {
    return this.categories.find((one) => one.place === place);
  }

  /** The entity at a place, as it is by now. */
  at(place: string): Entity | undefined {
    const entity = this.#entities.get(place);
    if (entity?.due !== undefined && entity.due.at <= Date.now()) {
      this.#setState(entity, entity.due.state);
      delete entity.due;
    }
    return entity;
  }

  wasAt(place: string): boolean {
    return this.#left.has(place);
  }

  /** The entity that a client names by its place or its id. @throws Refusal */
  named(reference: string): Entity {
    const found = this.at(reference) ?? this.entities.find(({ values }) => values.get('occi.core.id') === reference);
    if (found === undefined) throw new Refusal(400, `there is nothing at ${reference}`);
    return found;
  }

  members(id: string): readonly Entity[] {
    return this.entities.filter(({ kind, mixins }) => kind === id || mixins.includes(id));
  }

  linksOf({ place }: Entity): readonly Entity[] {
    return this.entities.filter(({ values }) => values.get('occi.core.source') === place);
  }

  isLink({ kind }: Pick<Entity, 'kind'>): boolean {
    return this.descends(kind, core.link);
  }

  descends(kind: string, ancestor: string): boolean {
    const parent = this.#categories.get(kind)?.parent;
    return kind === ancestor || (parent !== undefined && this.descends(parent, ancestor));
  }

  /** The attributes of a kind and of mixins; what mixins give as defaults counts more. */
  attributes(kind: string, mixins: readonly string[]): ReadonlyMap<string, Attribute> {
    const all = new Map<string, Attribute>();
    for (const { type, attributes } of this.#sources(kind, mixins)) {
      for (const one of attributes) {
        const before = all.get(one.name);
        const isRefined = before !== undefined && type === 'mixin';
        all.set(one.name, isRefined ? { ...before, ...(one.fallback === undefined ? {} : one) } : one);
      }
    }
    return all;
  }

  actions(kind: string, mixins: readonly string[]): readonly string[] {
    return [...new Set(this.#sources(kind, mixins).flatMap(({ actions }) => actions))];
  }

  /** The actions that an entity has in its state. */
  applicable({ kind, mixins, values, due }: Entity): readonly string[] {
    const states = this.#states(kind);
    return this.actions(kind, mixins).filter((id) => {
      const move = states?.moves[id.slice(id.indexOf('#') + 1)];
      if (move === undefined || states === undefined) return true;
      return due === undefined && move.from.includes(String(values.get(states.attribute)));
    });
  }

  /** Does something wholly or not at all. */
  atomically<Result>(work: () => Result): Result {
    const [entities, categories] = [structuredClone(this.#entities), this.#categories];
    try {
      return work();
    } catch (error) {
      this.#categories = categories;
      if (this.#choices.fault !== 'a refusal that is obeyed') this.#entities = entities;
      throw error;
    }
  }

  /** @throws Refusal */
  create(draft: Draft, wanted?: string): Entity {
    const [kind, ...others] = this.#ofType(draft, 'kind');
    if (kind === undefined || others.length > 0) throw new Refusal(400, 'an entity has one kind');
    if (kind === core.entity) throw new Refusal(400, 'nothing is an entity alone');
    const mixins = this.#withMixins(kind, [], this.#ofType(draft, 'mixin'), 'creation');
    const isMachine = this.#states(kind)?.moves['start'] !== undefined;
    const hasSystem = mixins.some((id) => this.#categories.get(id)?.depends?.includes(osTemplate));
    if (this.#choices.needsSystem && isMachine && !hasSystem) throw new Refusal(400, 'a machine has a system');
    const known = this.attributes(kind, mixins);
    const n = ++this.#count;
    const id = draft.given.get('occi.core.id');
    const isFree =
      typeof id === 'string' &&
      /^urn:/.test(id) &&
      !this.entities.some(({ values }) => values.get('occi.core.id') === id);
    const values = new Map<string, Scalar>();
    values.set('occi.core.id', this.#choices.takesIds && isFree ? id : this.#choices.idOf(n));
    for (const [name, value] of draft.given) {
      if (name === 'occi.core.id' || computed.includes(name)) continue;
      const own = this.#known(known, name);
      if (own.isMutable) values.set(name, this.#valued(own, value));
      else if (this.#choices.refusesServerOwned) throw new Refusal(403, `${name} is not for clients`);
    }
    this.#complete(known, values, n);
    this.#resize(values, mixins);
    const states = this.#states(kind);
    if (states !== undefined) values.set(states.attribute, states.first);
    const entity: Entity = { place: wanted ?? this.#choices.placeOf(n), kind, mixins, values };
    this.#checkEnds(entity);
    if (this.#choices.fault === 'a lost summary') values.delete('occi.core.summary');
    this.#entities = new Map([...this.#entities, [entity.place, entity]]);
    if (this.descends(kind, core.link)) this.#reach(entity, 'active');
    if (isMachine && this.#choices.startsMachines) this.#reach(entity, 'active');
    for (const link of draft.links) this.#link(entity, link);
    return entity;
  }

  /** @throws Refusal */
  update(entity: Entity, draft: Draft): void {
    this.#sameKind(entity, draft);
    if (draft.categories.length + draft.given.size + draft.links.length === 0)
      throw new Refusal(400, 'it says nothing');
    const mixins = this.#withMixins(entity.kind, entity.mixins, this.#ofType(draft, 'mixin'), 'update');
    const added = mixins.filter((one) => !entity.mixins.includes(one));
    const known = this.attributes(entity.kind, mixins);
    const values = new Map(entity.values);
    this.#drop(values, this.attributes(entity.kind, entity.mixins), known);
    this.#change(entity, known, values, draft);
    this.#complete(known, values, ++this.#count);
    this.#resize(values, added);
    Object.assign(entity, { mixins, values });
    this.#checkEnds(entity);
    for (const link of draft.links) this.#link(entity, link);
  }

  /** @throws Refusal */
  replace(entity: Entity, draft: Draft): void {
    this.#sameKind(entity, draft);
    const wanted = this.#ofType(draft, 'mixin');
    const mixins = draft.categories.length === 0 ? entity.mixins : this.#withMixins(entity.kind, [], wanted, 'update');
    const known = this.attributes(entity.kind, mixins);
    const values = new Map(
      [...entity.values].filter(([name]) => {
        return ends.includes(name) || known.get(name)?.isMutable === false;
      }),
    );
    this.#change(entity, known, values, draft);
    // What the server has made up once it does not make up again.
    for (const [name, value] of entity.values) {
      if (known.get(name)?.minted !== undefined && !values.has(name)) values.set(name, value);
    }
    this.#complete(known, values, ++this.#count);
    this.#resize(values, mixins);
    Object.assign(entity, { mixins, values });
    this.#checkEnds(entity);
    const isNew = ({ self }: { readonly self?: string }) => self === undefined || this.#isOwn(entity, self) === false;
    if (draft.links.some(isNew)) throw new Refusal(400, 'a full update makes no links');
  }

  remove(entity: Entity): void {
    const { place } = entity;
    const isEnd = ({ values }: Entity) => ends.some((end) => values.get(end) === place);
    const doomed = this.#choices.fault === 'links that stay' ? [] : this.entities.filter(isEnd);
    const gone = [place, ...doomed.map((one) => one.place)];
    for (const one of gone) this.#left.add(one);
    this.#entities = new Map([...this.#entities].filter(([own]) => !gone.includes(own)));
  }

  /** @throws Refusal */
  act(entity: Entity, action: string, { given }: Draft, isOneOfMany: boolean): void {
    if (!this.actions(entity.kind, entity.mixins).includes(action))
      throw new Refusal(400, `it has no action ${action}`);
    const parameters = new Map(this.category(action)?.attributes.map((one) => [one.name, one]));
    for (const [name, value] of given) this.#valued(this.#known(parameters, name), value);
    if (!this.applicable(entity).includes(action)) {
      if (isOneOfMany) return;
      throw new Refusal(this.#choices.inapplicable, `${action} is not possible now`);
    }
    const to = this.#states(entity.kind)?.moves[action.slice(action.indexOf('#') + 1)]?.to;
    if (to !== undefined && to !== '') this.#reach(entity, to);
  }

  associate(entity: Entity, mixin: string): void {
    if (!entity.mixins.includes(mixin)) this.update(entity, { categories: [mixin], given: new Map(), links: [] });
  }

  dissociate(entity: Entity, mixin: string): void {
    const mixins = entity.mixins.filter((one) => one !== mixin);
    const values = new Map(entity.values);
    this.#drop(values, this.attributes(entity.kind, entity.mixins), this.attributes(entity.kind, mixins));
    Object.assign(entity, { mixins, values });
  }

  /** @throws Refusal */
  addMixin({ id, type, title, location, depends, hasContent }: MixinDraft, place: string | undefined): Category {
    if (type !== undefined && type !== 'mixin') throw new Refusal(400, 'clients add mixins alone');
    if (hasContent) throw new Refusal(400, 'mixins of clients have neither attributes nor actions');
    if (id.startsWith('http://schemas.ogf.org/occi/')) throw new Refusal(403, `${id} is not for clients`);
    if (location === undefined || place === undefined || !place.endsWith('/')) {
      throw new Refusal(400, 'a mixin has a location below this service, and that ends with a slash');
    }
    if (this.#categories.has(id) || this.categoryAt(place) !== undefined) throw new Refusal(409, `${id} is there`);
    const at = Math.max(id.lastIndexOf('#'), id.lastIndexOf('/')) + 1;
    const own = {
      type: 'mixin',
      scheme: id.slice(0, at),
      term: id.slice(at),
      attributes: [],
      actions: [],
      place,
    } as const;
    // What nobody here knows is a label, and as good as nothing.
    const known = depends.filter((one) => this.#categories.get(one)?.type === 'mixin');
    const named = title === undefined ? {} : { title };
    const added: Category = { ...own, ...named, ...(known.length === 0 ? {} : { depends: known }), isForeign: true };
    this.#categories = new Map([...this.#categories, [id, added]]);
    return added;
  }

  /** A template of what a machine is now. */
  save(entity: Entity, name: string | undefined): Category {
    const n = ++this.#count;
    const added: Category = {
      type: 'mixin',
      scheme: 'http://cumulus.example.org/occi/saved#',
      term: `copy-${n}`,
      title: name ?? `What ${entity.place} was`,
      depends: [osTemplate],
      attributes: [],
      actions: [],
      place: `/systems/copy-${n}/`,
      isForeign: true,
    };
    this.#categories = new Map([...this.#categories, [idOf(added), added]]);
    return added;
  }

  /** @throws Refusal */
  removeMixin({ id }: MixinDraft): void {
    const found = this.#categories.get(id);
    if (found === undefined) throw new Refusal(404, `there is no ${id}`);
    if (found.isForeign !== true) throw new Refusal(403, `${id} is not for clients`);
    for (const entity of this.members(id)) this.dissociate(entity, id);
    this.#categories = new Map([...this.#categories].filter(([own]) => own !== id));
  }

  #sources(kind: string, mixins: readonly string[]): readonly Category[] {
    const own = this.#categories.get(kind);
    const lineage = own === undefined ? [] : [...(own.parent === undefined ? [] : this.#sources(own.parent, [])), own];
    const depended = (id: string): readonly Category[] => {
      const one = this.#categories.get(id);
      return one === undefined ? [] : [...(one.depends ?? []).flatMap(depended), one];
    };
    return [...lineage, ...mixins.flatMap(depended)];
  }

  #states(kind: string): Category['states'] {
    return this.#sources(kind, []).find(({ states }) => states !== undefined)?.states;
  }

  #ofType({ categories }: Draft, type: Category['type']): readonly string[] {
    return categories.filter((id) => {
      const found = this.#categories.get(id);
      if (found === undefined) throw new Refusal(400, `there is no ${id}`);
      if (found.type === 'action') throw new Refusal(400, `${id} is an action`);
      return found.type === type;
    });
  }

  #sameKind({ kind }: Entity, draft: Draft): void {
    if (this.#ofType(draft, 'kind').some((one) => one !== kind)) throw new Refusal(400, 'an entity keeps its kind');
  }

  /** The mixins of an entity when others are added; of the same sort of templates it has the last. */
  #withMixins(kind: string, before: readonly string[], added: readonly string[], stage: 'creation' | 'update') {
    let mixins = before;
    for (const id of added) {
      const { applies = [], depends: [base] = [] } = this.#categories.get(id) as Category;
      if (applies.length > 0 && !applies.some((one) => this.descends(kind, one))) {
        throw new Refusal(400, `${id} does not apply to ${kind}`);
      }
      const isTemplate = base === resourceTemplate || base === osTemplate;
      const rivals = mixins.filter((one) => one !== id && this.#categories.get(one)?.depends?.[0] === base);
      if (isTemplate && rivals.length > 0) {
        const mayStay = stage === 'update' && (base === resourceTemplate || this.#choices.replacesSystems);
        if (!mayStay) throw new Refusal(400, `it has ${rivals.join()}`);
        mixins = mixins.filter((one) => !rivals.includes(one));
      }
      if (!mixins.includes(id)) mixins = [...mixins, id];
    }
    return mixins;
  }

  #known(known: ReadonlyMap<string, Attribute>, name: string): Attribute {
    const found = known.get(name);
    if (found === undefined) throw new Refusal(400, `there is no attribute ${name}`);
    return found;
  }

  /** @throws Refusal when it is not of the type, or none of the values there are */
  #valued({ name, type, oneOf }: Attribute, given: Given): Scalar {
    const isBare = typeof given === 'object';
    const isQuotedNumber = this.#choices.text.forgivesQuotes && typeof given === 'string' && /^[0-9.]+$/.test(given);
    let value: Scalar = isBare ? given.bare : given;
    if (isBare && type === 'boolean' && /^(?:true|false)$/.test(given.bare)) value = given.bare === 'true';
    const isNumeric = type === 'number' && (isBare || isQuotedNumber);
    if (isNumeric && /^-?(?:[0-9]+\.?[0-9]*|\.[0-9]+)$/.test(String(value))) value = Number(value);
    if (typeof value !== type) throw new Refusal(400, `${name} is a ${type}`);
    if (oneOf !== undefined && !oneOf.includes(String(value)))
      throw new Refusal(400, `${name} is ${oneOf.join(' or ')}`);
    return value;
  }

  #change(entity: Entity, known: ReadonlyMap<string, Attribute>, values: Map<string, Scalar>, { given }: Draft): void {
    for (const [name, one] of given) {
      if (computed.includes(name)) continue;
      const own = this.#known(known, name);
      const value = this.#valued(own, one);
      if (!own.isMutable && value !== entity.values.get(name)) throw new Refusal(403, `${name} is not for clients`);
      values.set(name, value);
    }
  }

  /** @throws Refusal when something is missing that nobody can make up */
  #complete(known: ReadonlyMap<string, Attribute>, values: Map<string, Scalar>, n: number): void {
    for (const { name, fallback, minted, isRequired, isMutable } of known.values()) {
      const value = fallback ?? minted?.(n);
      if (values.has(name)) continue;
      if (value !== undefined) values.set(name, value);
      else if (isRequired && isMutable) throw new Refusal(400, `${name} is missing`);
    }
  }

  /** A resource template wins over what the client says. */
  #resize(values: Map<string, Scalar>, mixins: readonly string[]): void {
    for (const id of mixins) {
      const { depends = [], attributes } = this.#categories.get(id) as Category;
      if (!depends.includes(resourceTemplate)) continue;
      for (const { name, fallback } of attributes) if (fallback !== undefined) values.set(name, fallback);
    }
  }

  /** Attributes go with the mixin that has brought them. */
  #drop(
    values: Map<string, Scalar>,
    before: ReadonlyMap<string, Attribute>,
    after: ReadonlyMap<string, Attribute>,
  ): void {
    for (const name of before.keys()) if (!after.has(name)) values.delete(name);
  }

  #checkEnds({ kind, values }: Entity): void {
    if (!this.descends(kind, core.link)) return;
    const source = this.at(String(values.get('occi.core.source')));
    if (source === undefined || this.isLink(source))
      throw new Refusal(400, 'a link starts from a resource of this server');
    const target = String(values.get('occi.core.target'));
    const there = this.at(target);
    const isCard = kind.endsWith('#networkinterface');
    if (!target.startsWith('/') && !isCard) return;
    if (there === undefined || this.isLink(there)) throw new Refusal(400, `a link does not lead to ${target}`);
    if (isCard && !this.descends(there.kind, kind.replace(/interface$/, ''))) {
      throw new Refusal(400, 'a network interface leads to a network');
    }
  }

  #link(source: Entity, { target, categories, given }: Draft['links'][number]): void {
    if (this.isLink(source)) throw new Refusal(400, 'a link has no links');
    const known = [...given].filter(([name]) => !ends.includes(name) && name !== 'occi.core.id');
    const between = new Map<string, Given>([
      ...known,
      ['occi.core.source', source.place],
      ['occi.core.target', target],
    ]);
    this.create({ categories: categories.length === 0 ? [core.link] : categories, given: between, links: [] });
  }

  #isOwn(entity: Entity, self: string): boolean {
    return this.linksOf(entity).some(({ place, values }) => place === self || values.get('occi.core.id') === self);
  }

  #setState(entity: Entity, state: string): void {
    const attribute = this.#states(entity.kind)?.attribute;
    if (attribute !== undefined) entity.values = new Map([...entity.values, [attribute, state]]);
  }

  #reach(entity: Entity, state: string): void {
    if (this.#choices.delayMs === 0) this.#setState(entity, state);
    else entity.due = { state, at: Date.now() + this.#choices.delayMs };
  }
}
