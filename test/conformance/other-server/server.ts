import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Choices } from './choices.ts';
import { Cloud, type Entity } from './cloud.ts';
import { Refusal, type Shown } from './draft.ts';
import { keyOf } from './json-answers.ts';
import { type Category, idOf, saveAction } from './model.ts';
import { type MediaType, versionsOf, wantedType } from './negotiation.ts';
import { bodyOf, Reader, wellKnown } from './reader.ts';
import type { Places } from './text-answers.ts';
import { type Answer, Writer } from './writer.ts';

/** A server that runs. */
export interface OtherServer {
  /** The URL in front of `/-/`. */
  readonly endpoint: string;
  /** What is there, by URL path. */
  readonly places: () => readonly string[];
  close(): Promise<void>;
}

/** Starts an OCCI server of another make on a free port. */
export async function openOtherServer(choices: Choices): Promise<OtherServer> {
  const cloud = new Cloud(choices);
  const server = createServer({ maxHeaderSize: 2 ** 20 }, (request, response) => {
    visited(choices, cloud, request, response).catch((error: unknown) => response.destroy(error as Error));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}${choices.prefix}`,
    places: () => cloud.entities.map(({ place }) => place),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Answers a request. */
async function visited(
  choices: Choices,
  cloud: Cloud,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const path = (place: string) => choices.prefix + place;
  const places: Places = { path, url: (place) => `http://${request.headers.host}${path(place)}` };
  const writer = new Writer(choices, cloud, places, request, response);
  let type: MediaType = 'text/plain';
  try {
    const reader = new Reader(choices, request, await bodyOf(request));
    const visit = new Visit(choices, cloud, request, reader);
    const latest = choices.versions.includes('1.2') ? 1002 : 1001;
    const spoken = versionsOf(request);
    if (spoken.length > 0 && Math.min(...spoken) > latest) throw new Refusal(501, 'that is too new');
    type = wantedType(choices, request, visit.isListing);
    writer.write(
      cloud.atomically(() => visit.answer()),
      type,
    );
  } catch (error) {
    writer.refuse(error instanceof Refusal ? error : new Refusal(500, String(error)), type);
  }
}

/** What a request comes to. */
class Visit {
  readonly #choices: Choices;
  readonly #cloud: Cloud;
  readonly #request: IncomingMessage;
  readonly #reader: Reader;
  readonly #query: URLSearchParams;

  constructor(choices: Choices, cloud: Cloud, request: IncomingMessage, reader: Reader) {
    this.#choices = choices;
    this.#cloud = cloud;
    this.#request = request;
    this.#reader = reader;
    this.#query = new URLSearchParams(request.url?.split('?')[1]);
  }

  /** Whether the answer is a list of entities. */
  get isListing(): boolean {
    const { place } = this.#reader;
    if (place === undefined || place === '/-/' || place === wellKnown) return false;
    const { method } = this.#request;
    const category = this.#cloud.categoryAt(place);
    if (category === undefined && !place.endsWith('/')) return false;
    const isOfMixin = category?.type === 'mixin';
    return method === 'GET' || method === 'HEAD' || (isOfMixin && (method === 'POST' || method === 'PUT'));
  }

  /** Does what is wanted. @throws Refusal */
  answer(): Answer {
    const { place } = this.#reader;
    if (place === undefined) throw new Refusal(404, 'that is not of this service');
    if (this.#request.method === 'OPTIONS') return { status: 204 };
    if (place === '/-/' || place === wellKnown) return this.#onQueryInterface();
    const category = this.#cloud.categoryAt(place);
    if (category !== undefined) return this.#onCollection(category);
    if (place.endsWith('/')) return this.#onPath(place);
    const entity = this.#cloud.at(place);
    if (entity !== undefined) return this.#onEntity(entity);
    if (this.#request.method === 'PUT') return this.#createAt(place);
    const isOver = this.#choices.gone === 410 && this.#cloud.wasAt(place);
    throw new Refusal(isOver ? 410 : 404, `there is nothing at ${place}`);
  }

  #onQueryInterface(): Answer {
    switch (this.#request.method) {
      case 'GET':
      case 'HEAD': {
        const wanted = this.#reader.filter().categories;
        const isShown = (one: Category) => wanted.length === 0 || wanted.some((id) => this.#isRelated(one, id));
        return { status: 200, shown: { categories: this.#cloud.categories.filter(isShown) } };
      }
      case 'POST':
      case 'DELETE': {
        if (!this.#choices.takesMixins) throw new Refusal(405, 'clients have no mixins here', ['GET', 'HEAD']);
        const { mixins } = this.#reader.message();
        if (mixins.length === 0) throw new Refusal(400, 'which mixin is meant?');
        if (this.#request.method === 'DELETE') for (const one of mixins) this.#cloud.removeMixin(one);
        else for (const one of mixins) this.#cloud.addMixin(one, this.#reader.below(one.location));
        return { status: 200 };
      }
      default:
        throw new Refusal(405, 'that is not possible here', ['GET', 'HEAD', 'POST', 'DELETE']);
    }
  }

  #onCollection(category: Category): Answer {
    const id = idOf(category);
    const all = (): Shown<Entity, Category> => ({
      entities: this.#cloud.members(id),
      of: keyOf(this.#cloud, category),
    });
    const isMixin = category.type === 'mixin';
    switch (this.#request.method) {
      case 'GET':
      case 'HEAD':
        return this.#list(this.#cloud.members(id), category);
      case 'POST':
        if (this.#query.has('action')) return this.#act(this.#cloud.members(id), category);
        if (!isMixin) return this.#create(category);
        for (const entity of this.#named()) this.#cloud.associate(entity, id);
        return { status: 200, shown: all() };
      case 'PUT': {
        if (!isMixin) throw new Refusal(405, 'a kind is for ever', ['GET', 'HEAD', 'POST', 'DELETE']);
        const wanted = [...this.#named()];
        for (const one of this.#cloud.members(id)) if (!wanted.includes(one)) this.#cloud.dissociate(one, id);
        for (const one of wanted) this.#cloud.associate(one, id);
        return { status: 200, shown: all() };
      }
      case 'DELETE': {
        const some = this.#reader.message().references.length > 0 ? [...this.#named()] : this.#cloud.members(id);
        if (!isMixin) {
          this.#remove(some);
          return this.#deleted();
        }
        for (const one of some) this.#cloud.dissociate(one, id);
        return { status: 200 };
      }
      default:
        throw new Refusal(405, 'OCCI has no such method', ['GET', 'HEAD', 'POST', 'DELETE', 'OPTIONS']);
    }
  }

  /** The entities that the request names, one by one. @throws Refusal */
  *#named(): Generator<Entity> {
    for (const one of this.#reader.message().references) yield this.#cloud.named(this.#reader.local(one));
  }

  /** A path that is no location. */
  #onPath(place: string): Answer {
    const below = this.#cloud.entities.filter((one) => one.place.startsWith(place));
    const isKnown = this.#choices.listsPaths && (place === '/' || below.length > 0);
    if (!isKnown) throw new Refusal(404, `there is nothing at ${place}`);
    switch (this.#request.method) {
      case 'GET':
      case 'HEAD':
        return this.#list(below, undefined);
      case 'DELETE':
        this.#remove(below);
        return this.#deleted();
      default:
        throw new Refusal(405, 'that is not possible here', ['GET', 'HEAD', 'DELETE']);
    }
  }

  #onEntity(entity: Entity): Answer {
    switch (this.#request.method) {
      case 'GET':
      case 'HEAD':
        return { status: 200, shown: { entity } };
      case 'POST':
        if (this.#query.has('action')) return this.#act([entity], undefined);
        this.#cloud.update(entity, this.#reader.one());
        return this.#changed(entity);
      case 'PUT':
        this.#cloud.replace(entity, this.#reader.one());
        return this.#changed(entity);
      case 'DELETE':
        this.#remove([entity]);
        return this.#deleted();
      default:
        throw new Refusal(405, 'OCCI has no such method', ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS']);
    }
  }

  #create(category: Category): Answer {
    const { drafts } = this.#reader.message();
    if (drafts.length === 0) throw new Refusal(400, 'what is to be created?');
    if (drafts.length > 1 && !this.#choices.takesManyAtOnce) throw new Refusal(400, 'one at a time');
    const created = drafts.map((draft) => {
      const entity = this.#cloud.create(this.#reader.localised(draft));
      if (entity.kind !== idOf(category)) throw new Refusal(400, `that is no ${category.term}`);
      return entity;
    });
    const [entity] = created;
    if (entity !== undefined && created.length === 1) return this.#created(entity);
    return { status: 200, shown: { entities: created, of: keyOf(this.#cloud, category) } };
  }

  #createAt(place: string): Answer {
    if (!this.#choices.takesPaths) throw new Refusal(400, 'the server chooses the paths');
    const draft = this.#reader.one();
    if (draft.links.length > 0) throw new Refusal(400, 'links come later');
    return this.#created(this.#cloud.create(draft, place));
  }

  #created(entity: Entity): Answer {
    const { place: location } = entity;
    if (this.#choices.creation === 'location') return { status: 201, location };
    return { status: 200, shown: { entity }, ...(this.#choices.creation === 'both' ? { location } : {}) };
  }

  #changed(entity: Entity): Answer {
    if (this.#choices.change === 'location') return { status: 201, location: entity.place };
    return { status: 200, shown: { entity } };
  }

  #deleted(): Answer {
    return { status: this.#choices.deletion };
  }

  #remove(doomed: readonly Entity[]): void {
    for (const one of doomed) this.#cloud.remove(one);
  }

  #act(entities: readonly Entity[], category: Category | undefined): Answer {
    const { drafts } = this.#reader.message();
    const [draft] = drafts;
    const [action, ...others] = draft?.categories ?? [];
    const isNamed = action !== undefined && others.length === 0 && this.#cloud.category(action)?.type === 'action';
    if (draft === undefined || !isNamed) throw new Refusal(400, 'which action is meant?');
    if (!action.endsWith(`#${this.#query.get('action')}`)) throw new Refusal(400, 'two actions are named');
    if (category !== undefined && !this.#cloud.actions(idOf(category), [idOf(category)]).includes(action)) {
      throw new Refusal(400, `${category.term} has no action ${action}`);
    }
    for (const one of entities) this.#cloud.act(one, action, draft, category !== undefined);
    const [entity] = entities;
    if (category === undefined && entity !== undefined && action === saveAction) {
      const name = draft.given.get('name');
      const template = this.#cloud.save(entity, typeof name === 'string' ? name : undefined);
      return { status: 200, shown: { categories: [template] } };
    }
    if (!this.#choices.showsActed) return { status: 200 };
    if (category === undefined && entity !== undefined) return { status: 200, shown: { entity } };
    return { status: 200, shown: { entities, of: keyOf(this.#cloud, category) } };
  }

  #list(entities: readonly Entity[], category: Category | undefined): Answer {
    const { categories, given } = this.#reader.filter();
    const wanted = this.#choices.filtersByCategory ? categories : [];
    const unknown = wanted.find((id) => this.#cloud.category(id) === undefined);
    if (unknown !== undefined) throw new Refusal(404, `there is no ${unknown}`);
    const matching = entities.filter(({ place, kind, mixins }) => {
      const { values = new Map() } = this.#cloud.at(place) ?? {};
      const isOf = wanted.every((id) => kind === id || mixins.includes(id));
      return (
        isOf &&
        [...given].every(([name, value]) => {
          const has = values.get(name);
          if (name === 'occi.core.source' || name === 'occi.core.target')
            return has === this.#reader.local(String(value));
          return typeof value === 'object' ? has === Number(value.bare) || String(has) === value.bare : has === value;
        })
      );
    });
    const shown = { entities: this.#page(matching), of: keyOf(this.#cloud, category) } as const;
    const isBare = shown.entities.length === 0 && !versionsOf(this.#request).includes(1002);
    const isInHeaders = wantedType(this.#choices, this.#request, true) === 'text/occi';
    return isBare && !isInHeaders ? { status: this.#choices.emptyCollection, shown } : { status: 200, shown };
  }

  #page(entities: readonly Entity[]): readonly Entity[] {
    const { firstPage, largestPage } = this.#choices;
    if (!this.#query.has('page') && !this.#query.has('number')) return entities;
    const numbers = ['page', 'number'].map((name) =>
      Number(this.#query.get(name) ?? (name === 'page' ? firstPage : 20)),
    );
    const [page = 0, number = 0] = numbers;
    if (!numbers.every(Number.isInteger) || page < firstPage || number < 1) throw new Refusal(400, 'that is no page');
    if (number > largestPage) throw new Refusal(413, `a page has at most ${largestPage} entries`);
    return entities.slice((page - firstPage) * number, (page - firstPage + 1) * number);
  }

  #isRelated(one: Category, id: string): boolean {
    if (idOf(one) === id) return true;
    if (!this.#choices.filtersRelated) return false;
    const wanted = this.#cloud.category(id);
    return wanted?.actions.includes(idOf(one)) === true || (one.applies?.includes(id) ?? false);
  }
}
