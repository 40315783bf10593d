import { setTimeout as wait } from 'node:timers/promises';
import type { Catalogue } from '../client/catalogue.ts';
import { type Exchange, type Fields, noBody, type Send, type WireRequest } from '../client/exchange.ts';
import { locationOf } from '../client/location.ts';
import { masked } from '../client/masked.ts';
import type { Offer } from '../client/offer.ts';
import { locationOfDraft, type RemoteEntity } from '../client/remote-entity.ts';
import { rendition } from '../client/rendering.ts';
import { call, type Session } from '../client/session.ts';
import { type Wording, worded } from '../client/wording.ts';
import type { Attributes } from '../occi/attribute.ts';
import type { Content } from '../occi/draft.ts';
import { absolute, type NameSpace } from '../occi/name-space.ts';
import { Inconclusive, NotApplicable, Unmet } from './check.ts';
import type { Dialect } from './dialect.ts';
import type { Ledger } from './ledger.ts';
import { locationsShown } from './locations-shown.ts';
import { Reply } from './reply.ts';
import { requiredAttributes } from './required-attributes.ts';
import { Whereabouts } from './whereabouts.ts';

/** A request, in the words of a check. */
export interface Ask {
  /** GET when nothing is said. */
  readonly method?: string;
  /** Below the endpoint. */
  readonly location: string;
  /** Without the question mark. */
  readonly query?: string;
  /** What it says, rendered as the dialect has it. */
  readonly says?: Wording | Content;
  /** A body as it is, in place of that. */
  readonly body?: string;
  /** The rendering asked for; that of the dialect when nothing is said, none at all for null. */
  readonly accept?: string | null;
  /** More header fields. */
  readonly fields?: Fields;
  /** `User-Agent`, when it is to be another one than that of the dialect. */
  readonly userAgent?: string;
}

/** What a run of checks is made with. */
export interface TrialOptions {
  readonly dialect: Dialect;
  readonly send: Send;
  readonly space: NameSpace;
  /** Where the query interface is. */
  readonly queryInterface: string;
  readonly catalogue: Catalogue;
  readonly ledger: Ledger;
  /** What is known of where entities are, for all trials of a run. */
  readonly whereabouts?: Whereabouts;
  /** How long to wait for what a server does in its own time; 10 s. */
  readonly patienceMs?: number;
}

/** The hands of a check: it asks, makes things that are taken away again, and says what has to be so. */
export class Trial {
  readonly dialect: Dialect;
  readonly catalogue: Catalogue;
  readonly queryInterface: string;
  /** All that has been said so far, the last at the end. */
  readonly exchanges: Exchange[] = [];
  readonly space: NameSpace;
  readonly #send: Send;
  readonly #ledger: Ledger;
  readonly #whereabouts: Whereabouts;
  /** Where the entities are that answers show, where these do not say it. */
  readonly #found = new WeakMap<Reply, readonly string[]>();
  readonly #patienceMs: number;

  constructor(options: TrialOptions) {
    const { dialect, send, space, queryInterface, catalogue, ledger, patienceMs = 10_000 } = options;
    this.dialect = dialect;
    this.catalogue = catalogue;
    this.queryInterface = queryInterface;
    this.space = space;
    this.#send = send;
    this.#ledger = ledger;
    this.#whereabouts = options.whereabouts ?? new Whereabouts();
    this.#patienceMs = patienceMs;
  }

  /** What operations of the client need. What they are refused makes a check inconclusive. */
  get session(): Session {
    const { rendering } = this.dialect;
    const caller = { send: (request: WireRequest) => this.#record(request), space: this.space, userAgent: this.#agent };
    return {
      space: this.space,
      rendering,
      catalogue: this.catalogue,
      refresh: async () => {},
      call: (wanted) => call(caller, rendering, wanted),
    };
  }

  /** Sends a request. @throws ClientError when there is no answer */
  async ask(wanted: Ask): Promise<Reply> {
    const { method = 'GET', location, query, says, body, accept = this.dialect.rendering, fields = [] } = wanted;
    const { userAgent = this.#agent } = wanted;
    const said = says === undefined ? { headers: [], body: noBody } : this.#rendered(says);
    const exchange = await this.#record({
      method,
      url: `${absolute(this.space, location)}${query === undefined ? '' : `?${query}`}`,
      headers: [
        ['User-Agent', userAgent],
        ...(accept === null ? [] : [['Accept', accept] as const]),
        ...said.headers,
        ...fields,
      ],
      body: body === undefined ? said.body : new TextEncoder().encode(body),
    });
    const reply = new Reply(exchange, this.session);
    if (method === 'POST' && query === undefined && reply.isSuccess && this.#isOfKind(location)) {
      const found = await locationsShown(this, this.#whereabouts, location, reply);
      if (found !== undefined) this.#found.set(reply, found);
    }
    return reply;
  }

  /** An entity as it is now. @throws Inconclusive when it is not shown as it has to be, which `entity/read` looks at */
  async read(location: string): Promise<RemoteEntity> {
    const reply = await this.ask({ location });
    if (reply.status !== 200) throw new Inconclusive(`GET ${location} is answered with ${reply.status}`);
    try {
      return reply.entity(location);
    } catch (error) {
      throw error instanceof Unmet ? new Inconclusive(`an entity is not shown: ${error.message}`) : error;
    }
  }

  /** Reads an entity again and again until it is as wanted. @returns it as it was last; `isSo` may not hold even then */
  until(location: string, isSo: (entity: RemoteEntity) => boolean): Promise<RemoteEntity> {
    return this.#again(() => this.read(location), isSo);
  }

  /** Asks again and again until the answer is as wanted. @returns the last one; `isSo` may not hold even then */
  askUntil(wanted: Ask, isSo: (reply: Reply) => boolean): Promise<Reply> {
    return this.#again(() => this.ask(wanted), isSo);
  }

  /** Says what has to be so. @throws Unmet when it is not */
  must(isSo: boolean, expected: string, instead?: string): void {
    if (!isSo) throw new Unmet(instead === undefined ? expected : `${expected}; here: ${instead}`);
  }

  /** Says which status an answer may have. @throws Unmet when it has another one */
  answered(reply: Reply, allowed: readonly number[], why: string): void {
    const codes = allowed.join(' or ');
    this.must(allowed.includes(reply.status), `${reply.request} is answered with ${codes}: ${why}`, `${reply.status}`);
  }

  /** The kind that a name means, if the server has it and it can be instantiated. @throws NotApplicable */
  kind(name: string): Offer & { readonly location: string } {
    const offer = this.catalogue.find(name, 'kind');
    if (offer?.location === undefined) throw new NotApplicable(`the server has no kind ${name} to be instantiated`);
    return { ...offer, location: offer.location };
  }

  /** A kind of resources that are easily made, and have no actions that matter. @throws NotApplicable */
  get plainKind(): Offer & { readonly location: string } {
    const infrastructure = ['network', 'storage', 'compute'].map((term) => this.catalogue.find(term, 'kind'));
    const { model } = this.catalogue;
    const others = this.catalogue.kinds.filter(
      ({ id, location }) => location !== undefined && model.descends(id, 'http://schemas.ogf.org/occi/core#resource'),
    );
    for (const offer of [...infrastructure, ...others]) {
      if (offer?.location !== undefined) return { ...offer, location: offer.location };
    }
    throw new NotApplicable('the server has no kind of resources to be instantiated');
  }

  /**
   * Creates an entity, which is deleted when the run is over.
   *
   * @returns its location
   * @throws NotApplicable when the server has no such kind, Inconclusive when it cannot be created
   */
  async make(kind: string, wording: Omit<Wording, 'kind'> = {}): Promise<string> {
    const offer = this.kind(kind);
    const attributes = { ...this.required(offer, wording.attributes), ...wording.attributes };
    const reply = await this.ask({
      method: 'POST',
      location: offer.location,
      says: { ...wording, kind: offer.id, attributes },
    });
    if (!reply.isSuccess) throw new Inconclusive(`${offer.term} cannot be created: ${reply.status} ${reply.text}`);
    return this.made(reply);
  }

  /** Takes note of what a request has created. @returns its location. @throws Inconclusive when that is not said */
  made(reply: Reply): string {
    const [location] = this.madeAll(reply);
    if (location === undefined) throw new Inconclusive(`the answer to ${reply.request} does not say what was created`);
    return location;
  }

  /** Takes note of all that a request has created. @returns the locations, as far as the answer tells */
  madeAll(reply: Reply): readonly string[] {
    const named = reply.locations.map((one) => locationOf(this.space, one));
    const shown = () =>
      this.#found.get(reply) ??
      reply.content.drafts.map((draft) => locationOfDraft(this.session, draft)).filter((one) => one !== undefined);
    const all = new Set(named.length > 0 ? named : shown());
    for (const location of all) this.deleteLater(location);
    return [...all];
  }

  /** Has an entity deleted when the run is over. */
  deleteLater(location: string): void {
    this.#ledger.add(location, async () => {
      const gone = await this.ask({ method: 'DELETE', location });
      return gone.isSuccess || gone.status === 404 || gone.status === 410 ? undefined : `DELETE answers ${gone.status}`;
    });
  }

  /** Deletes what was made. */
  async remove(location: string): Promise<Reply> {
    const reply = await this.ask({ method: 'DELETE', location });
    if (reply.isSuccess) this.#ledger.forget(location);
    return reply;
  }

  /** What has to be taken away when the run is over, besides entities. */
  later(name: string, undo: () => Promise<string | undefined>): void {
    this.#ledger.add(name, undo);
  }

  /** The absolute URL of a location. */
  urlOf(location: string): string {
    return absolute(this.space, location);
  }

  /** The location that a reference means. */
  locationOf(reference: string): string {
    return locationOf(this.space, reference);
  }

  /** A word that nobody else has used. */
  unique(stem: string): string {
    return `${stem}-${Date.now().toString(36)}${Math.floor(Math.random() * 1e9).toString(36)}`;
  }

  /** Values for what has to be given when an entity is created, besides what is given. */
  required(offer: Offer, given: Attributes = {}): Attributes {
    return requiredAttributes(this.catalogue.model, offer.id, given);
  }

  async #again<T>(look: () => Promise<T>, isSo: (seen: T) => boolean): Promise<T> {
    const end = performance.now() + this.#patienceMs;
    for (let pause = 20; ; pause = Math.min(pause * 2, 500)) {
      const seen = await look();
      if (isSo(seen) || performance.now() + pause > end) return seen;
      await wait(pause);
    }
  }

  #isOfKind(collection: string): boolean {
    return this.catalogue.kinds.some(({ location }) => location === collection);
  }

  get #agent(): string {
    return `occi-conformance OCCI/${this.dialect.version}`;
  }

  #rendered(says: Wording | Content) {
    const content = 'drafts' in says ? says : worded(this.session, says);
    return rendition(content, this.dialect.rendering);
  }

  async #record(request: WireRequest): Promise<Exchange> {
    const exchange = masked(await this.#send(request), request);
    this.exchanges.push(exchange);
    return exchange;
  }
}
