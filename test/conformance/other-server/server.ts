import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Choices } from './choices.ts';
import { Cloud, type Entity } from './cloud.ts';
import { type Draft, type Message, Refusal, type Shown } from './draft.ts';
import { jsonOf, keyOf } from './json-answers.ts';
import { messageOfJson } from './json-requests.ts';
import { type Category, idOf, saveAction } from './model.ts';
import { type MediaType, mediaTypes, sentType, versionsOf, wantedType } from './negotiation.ts';
import { fieldsOf, type Places } from './text-answers.ts';
import { type Field, fieldsOfBody, messageOf } from './text-requests.ts';

/** A server that runs. */
export interface OtherServer {
  /** The URL in front of `/-/`. */
  readonly endpoint: string;
  /** What is there, by URL path. */
  readonly places: () => readonly string[];
  close(): Promise<void>;
}

/** An answer that is a success. */
interface Answer {
  readonly status: number;
  readonly shown?: Shown<Entity, Category>;
  /** The place of what is new. */
  readonly location?: string;
}

const wellKnown = '/.well-known/org/ogf/occi/-/';

/** Starts an OCCI server of another make on a free port. */
export async function openOtherServer(choices: Choices): Promise<OtherServer> {
  const cloud = new Cloud(choices);
  const server = createServer({ maxHeaderSize: 2 ** 20 }, (request, response) => {
    new Visit(choices, cloud, request, response).serve().catch((error: unknown) => response.destroy(error as Error));
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

/** One request, and the answer to it. */
class Visit {
  readonly #choices: Choices;
  readonly #cloud: Cloud;
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #places: Places;
  readonly #path: string;
  readonly #query: URLSearchParams;
  #body = '';

  constructor(choices: Choices, cloud: Cloud, request: IncomingMessage, response: ServerResponse) {
    this.#choices = choices;
    this.#cloud = cloud;
    this.#request = request;
    this.#response = response;
    const path = (place: string) => choices.prefix + place;
    this.#places = { path, url: (place) => `http://${request.headers.host}${path(place)}` };
    const [before = '', after = ''] = (request.url ?? '/').split('?');
    this.#path = unescaped(before);
    this.#query = new URLSearchParams(after);
  }

  async serve(): Promise<void> {
    let type: MediaType = 'text/plain';
    try {
      this.#body = await bodyOf(this.#request);
      const place = this.#placeOf(this.#path);
      const spoken = versionsOf(this.#request);
      const latest = this.#choices.versions.includes('1.2') ? 1002 : 1001;
      if (spoken.length > 0 && Math.min(...spoken) > latest) throw new Refusal(501, 'that is too new');
      type = wantedType(this.#choices, this.#request, this.#isListing(place));
      if (place === undefined) throw new Refusal(404, 'that is not of this service');
      const answer = this.#cloud.atomically(() => this.#answerAt(place));
      this.#write(answer, type);
    } catch (error) {
      const refusal = error instanceof Refusal ? error : new Refusal(500, String(error));
      this.#refuse(refusal, type);
    }
  }

  #answerAt(place: string): Answer {
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
        const wanted = this.#filter().categories;
        const isShown = (one: Category) => wanted.length === 0 || wanted.some((id) => this.#isRelated(one, id));
        return { status: 200, shown: { categories: this.#cloud.categories.filter(isShown) } };
      }
      case 'POST':
      case 'DELETE': {
        if (!this.#choices.takesMixins) throw new Refusal(405, 'clients have no mixins here', ['GET', 'HEAD']);
        const { mixins } = this.#message();
        if (mixins.length === 0) throw new Refusal(400, 'which mixin is meant?');
        if (this.#request.method === 'DELETE') for (const one of mixins) this.#cloud.removeMixin(one);
        else for (const one of mixins) this.#cloud.addMixin(one, this.#below(one.location));
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
        const some = this.#message().references.length > 0 ? [...this.#named()] : this.#cloud.members(id);
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
    for (const one of this.#message().references) yield this.#cloud.named(this.#local(one));
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
        this.#cloud.update(entity, this.#one());
        return this.#changed(entity);
      case 'PUT':
        this.#cloud.replace(entity, this.#one());
        return this.#changed(entity);
      case 'DELETE':
        this.#remove([entity]);
        return this.#deleted();
      default:
        throw new Refusal(405, 'OCCI has no such method', ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS']);
    }
  }

  #create(category: Category): Answer {
    const { drafts } = this.#message();
    if (drafts.length === 0) throw new Refusal(400, 'what is to be created?');
    if (drafts.length > 1 && !this.#choices.takesManyAtOnce) throw new Refusal(400, 'one at a time');
    const created = drafts.map((draft) => {
      const entity = this.#cloud.create(this.#localised(draft));
      if (entity.kind !== idOf(category)) throw new Refusal(400, `that is no ${category.term}`);
      return entity;
    });
    const [entity] = created;
    if (entity !== undefined && created.length === 1) return this.#created(entity);
    return { status: 200, shown: { entities: created, of: keyOf(this.#cloud, category) } };
  }

  #createAt(place: string): Answer {
    if (!this.#choices.takesPaths) throw new Refusal(400, 'the server chooses the paths');
    const draft = this.#one();
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
    const { drafts } = this.#message();
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
    const { categories, given } = this.#filter();
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
          if (name === 'occi.core.source' || name === 'occi.core.target') return has === this.#local(String(value));
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

  /** Filters are in header fields, whatever is spoken otherwise. */
  #filter(): Draft {
    const fields = fieldsOfRequest(this.#request).filter(([name]) => name !== 'link' && name !== 'x-occi-location');
    return messageOf(fields).drafts[0] ?? { categories: [], given: new Map(), links: [] };
  }

  #isRelated(one: Category, id: string): boolean {
    if (idOf(one) === id) return true;
    if (!this.#choices.filtersRelated) return false;
    const wanted = this.#cloud.category(id);
    return wanted?.actions.includes(idOf(one)) === true || (one.applies?.includes(id) ?? false);
  }

  /** What the request says. @throws Refusal */
  #message(): Message {
    switch (sentType(this.#choices, this.#request)) {
      case 'application/occi+json':
        return this.#body.trim() === '' ? nothing : messageOfJson(this.#body);
      case 'text/occi':
        return messageOf(fieldsOfRequest(this.#request));
      case 'text/uri-list':
        return { ...nothing, references: this.#body.split(/[\r\n]+/).filter((line) => line !== '' && line[0] !== '#') };
      default:
        return messageOf(fieldsOfBody(this.#body));
    }
  }

  #one(): Draft {
    const { drafts } = this.#message();
    const [draft] = drafts;
    if (draft === undefined || drafts.length > 1) throw new Refusal(400, 'one entity is meant');
    return this.#localised(draft);
  }

  /** The same with places for URLs. @throws Refusal */
  #localised(draft: Draft): Draft {
    const given = new Map(draft.given);
    for (const name of ['occi.core.source', 'occi.core.target']) {
      const value = given.get(name);
      if (value === undefined) continue;
      if (typeof value !== 'string') throw new Refusal(400, `${name} is a URL`);
      const place = this.#local(value);
      const isOld = !this.#choices.versions.includes('1.2') || versionsOf(this.#request).every((one) => one < 1002);
      if (!place.startsWith('/') && isOld) throw new Refusal(400, `${value} is not of this service`);
      given.set(name, place);
    }
    const links = draft.links
      .filter(({ target }) => !target.includes('?action='))
      .map(({ target, self, ...link }) => ({
        ...link,
        target: this.#local(target),
        ...(self === undefined ? {} : { self: this.#local(self) }),
      }));
    return { ...draft, given, links };
  }

  /** The place that a reference means; what is elsewhere stays as it is. */
  #local(reference: string): string {
    const own = `http://${this.#request.headers.host}`;
    const path = reference.startsWith(`${own}/`) ? reference.slice(own.length) : reference;
    return path.startsWith('/') ? (this.#placeOf(unescaped(path)) ?? own + path) : path;
  }

  #below(location: string | undefined): string | undefined {
    const place = location === undefined ? undefined : this.#local(location);
    return place?.startsWith('/') === true ? place : undefined;
  }

  /** A path without the prefix; undefined when it is not below it. */
  #placeOf(path: string): string | undefined {
    const { prefix, hasWellKnownPath } = this.#choices;
    if (path === wellKnown && hasWellKnownPath) return wellKnown;
    return path.startsWith(`${prefix}/`) ? path.slice(prefix.length) : undefined;
  }

  #isListing(place: string | undefined): boolean {
    if (place === undefined || place === '/-/' || place === wellKnown) return false;
    const { method } = this.#request;
    const category = this.#cloud.categoryAt(place);
    if (category === undefined && !place.endsWith('/')) return false;
    const isOfMixin = category?.type === 'mixin';
    return method === 'GET' || method === 'HEAD' || (isOfMixin && (method === 'POST' || method === 'PUT'));
  }

  #write({ status, shown, location }: Answer, type: MediaType): void {
    const head: Field[] = location === undefined ? [] : [['Location', this.#places.url(location)]];
    // Header fields are all that text/occi has, and its body says so.
    const isInHeaders = type === 'text/occi' && this.#request.method !== 'OPTIONS';
    if (this.#request.method === 'OPTIONS') head.push(['Allow', 'GET, HEAD, POST, PUT, DELETE, OPTIONS']);
    if (isInHeaders) {
      const fields = shown === undefined ? [] : fieldsOf(this.#choices, this.#cloud, this.#places, shown);
      this.#send(status === 204 ? 200 : status, [...head, ...this.#joined(fields)], 'OK', type);
    } else if (status === 204 || shown === undefined) {
      this.#send(status, head, undefined, type);
    } else {
      this.#send(status, head, this.#rendered(shown, type), type);
    }
  }

  #rendered(shown: Shown<Entity, Category>, type: MediaType): string {
    if (type === 'application/occi+json')
      return JSON.stringify(jsonOf(this.#choices, this.#cloud, this.#places, shown));
    const fields = fieldsOf(this.#choices, this.#cloud, this.#places, shown);
    const { fieldName } = this.#choices.text;
    const isList = type === 'text/uri-list';
    return fields.map(([name, value]) => (isList ? `${value}\r\n` : `${fieldName(name)}: ${value}\r\n`)).join('');
  }

  /** Fields of one name in one, where the server does that. */
  #joined(fields: readonly Field[]): readonly Field[] {
    const { comma } = this.#choices.text;
    if (comma === undefined) return fields;
    const names = [...new Set(fields.map(([name]) => name))];
    const valuesOf = (name: string) => fields.filter(([own]) => own === name).map(([, value]) => value);
    return names.map((name) => [name, valuesOf(name).join(comma)]);
  }

  #refuse({ status, message, allow }: Refusal, type: MediaType): void {
    const head: Field[] = allow === undefined ? [] : [['Allow', allow.join(', ')]];
    const isJson = type === 'application/occi+json';
    const body = isJson ? JSON.stringify({ code: status, message }) : `${message}\r\n`;
    const textual = type === 'text/uri-list' ? 'text/plain' : type;
    this.#send(status, head, this.#choices.errorsHaveBodies ? body : undefined, textual);
  }

  #send(status: number, fields: readonly Field[], body: string | undefined, type: MediaType): void {
    const response = this.#response;
    response.statusCode = status;
    response.setHeader('Server', this.#choices.server);
    response.setHeader('accept', mediaTypes(this.#choices).join(', '));
    response.setHeader('X-Request-Id', '0815');
    for (const [name, value] of fields) {
      response.appendHeader(name, Buffer.from(value).toString('latin1'));
    }
    if (body !== undefined) response.setHeader('content-type', isPlain(type) ? `${type};charset="UTF-8"` : type);
    if (body === undefined || this.#request.method === 'HEAD') {
      response.end();
    } else if (this.#choices.isChunked) {
      const bytes = Buffer.from(body);
      response.write(bytes.subarray(0, 7));
      response.end(bytes.subarray(7));
    } else {
      // A string would take the header section along into its own encoding.
      response.end(Buffer.from(body));
    }
  }
}

const nothing: Message = { drafts: [], references: [], mixins: [] };

const isPlain = (type: MediaType) => type === 'text/plain' || type === 'text/occi+plain';

function unescaped(path: string): string {
  return path.replace(/%([0-9A-Fa-f]{2})/g, (whole, code: string) => {
    const character = String.fromCharCode(Number.parseInt(code, 16));
    return /[A-Za-z0-9\-._~]/.test(character) ? character : whole.toUpperCase();
  });
}

/** Header fields of OCCI, whose bytes are UTF-8. */
function fieldsOfRequest({ rawHeaders }: IncomingMessage): readonly Field[] {
  const fields: Field[] = [];
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = (rawHeaders[at] as string).toLowerCase();
    const value = Buffer.from(rawHeaders[at + 1] as string, 'latin1').toString('utf8');
    if (['category', 'link', 'x-occi-attribute', 'x-occi-location'].includes(name)) fields.push([name, value]);
  }
  return fields;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
  } catch {
    throw new Refusal(400, 'this is no UTF-8');
  }
}
