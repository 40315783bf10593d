import type { Attributes } from '../occi/attribute.ts';
import type { Catalogue } from './catalogue.ts';
import { type Condition, type Outcome, replace, trigger, update } from './changing.ts';
import type { MemberFilter } from './collection.ts';
import { type Creation, create, type LinkCreation, link } from './creation.ts';
import { describe } from './description.ts';
import { discover } from './discovery.ts';
import type { Send } from './exchange.ts';
import { entities, type ListOptions, list, pages } from './listing.ts';
import { spaceOf } from './location.ts';
import { type Quota, quotas } from './quota.ts';
import type { RemoteEntity } from './remote-entity.ts';
import { remove, removeAll } from './removal.ts';
import type { Rendering } from './rendering.ts';
import { openSender, type SenderOptions } from './sender.ts';
import { call, type Session } from './session.ts';
import { type SettleOptions, settled } from './settling.ts';
import { replaceTagged, tag, untag } from './tagging.ts';
import { userAgent } from './user-agent.ts';
import { addMixins, removeMixins, type UserMixin } from './user-mixins.ts';
import type { Wording } from './wording.ts';

/** How a client is connected. */
export interface ClientOptions extends SenderOptions {
  /** The URL below which the server is, `https://cloud.example.org:11443` or `…/occi1.2/`. */
  readonly endpoint: string;
  /** The rendering to speak. Without one, what suits both: text/plain, or JSON from OCCI 1.2 on. */
  readonly rendering?: Rendering;
  /** The only version of OCCI to claim to speak; both 1.2 and 1.1 otherwise (GFD.223 §5.3). */
  readonly version?: '1.1' | '1.2';
}

/**
 * A client of one server. Entities are named by URL or by path, categories by type identifier, term, location, or
 * `os_tpl#term`. All operations reject with `ClientError`.
 */
export interface Client {
  /** What the server offers, as last read. */
  readonly catalogue: Catalogue;
  /** What is spoken. */
  readonly rendering: Rendering;
  /** Sends any request, with credentials and all: for what there is no operation for. */
  readonly send: Send;
  /** Reads the query interface again. */
  refresh(): Promise<Catalogue>;

  /** See {@link list}. */
  list(target: string, options?: ListOptions): Promise<readonly string[]>;
  /** See {@link pages}. */
  pages(
    target: string,
    options: Omit<ListOptions, 'page'> & { readonly number: number },
  ): AsyncIterable<readonly string[]>;
  /** See {@link entities}. */
  entities(target: string, options?: ListOptions): Promise<readonly RemoteEntity[]>;
  /** See {@link describe}. */
  describe(url: string): Promise<RemoteEntity>;
  /** See {@link settled}. */
  settled(url: string, options?: SettleOptions): AsyncIterable<RemoteEntity>;

  /** See {@link create}. */
  create(creation: Creation): Promise<string>;
  /** See {@link link}. */
  link(source: string, target: string, creation?: LinkCreation): Promise<string>;
  /** Deletes a link. */
  unlink(url: string): Promise<void>;
  /** See {@link update}. */
  update(url: string, change: Omit<Wording, 'kind'>, condition?: Condition): Promise<RemoteEntity>;
  /** See {@link replace}. */
  replace(url: string, wording: Omit<Wording, 'links'>, condition?: Condition): Promise<RemoteEntity>;
  /** See {@link remove}. */
  delete(url: string): Promise<void>;
  /** See {@link removeAll}. */
  deleteAll(target: string, filter?: MemberFilter): Promise<void>;
  /** See {@link trigger}. */
  trigger(target: string, action: string, attributes?: Attributes): Promise<Outcome>;

  /** See {@link tag}. */
  tag(mixin: string, urls: readonly string[]): Promise<void>;
  /** See {@link untag}. */
  untag(mixin: string, urls: readonly string[]): Promise<void>;
  /** See {@link replaceTagged}. */
  replaceTagged(mixin: string, urls: readonly string[]): Promise<void>;
  /** See {@link addMixins}. */
  addMixins(mixins: readonly UserMixin[]): Promise<void>;
  /** See {@link removeMixins}. */
  removeMixins(names: readonly string[]): Promise<void>;

  /** See {@link quotas}. */
  quotas(): Promise<readonly Quota[]>;

  /** Closes the connections. */
  close(): void;
}

/**
 * Connects to a server: reads what it offers, and finds out how it is spoken to.
 *
 * @throws ClientError when that cannot be read, or the endpoint is no URL or has credentials in it
 */
export async function connect(options: ClientOptions): Promise<Client> {
  const space = spaceOf(options.endpoint);
  const { send, close } = openSender(options);
  const caller = { send, space, userAgent: userAgent(options.version) };
  try {
    // Text is all that OCCI 1.1 has.
    let found = await discover(caller, options.rendering ?? (options.version === '1.1' ? 'text/plain' : undefined));
    const session: Session = {
      space,
      get rendering() {
        return found.rendering;
      },
      get catalogue() {
        return found.catalogue;
      },
      async refresh() {
        found = await discover(caller, found.rendering);
      },
      call: (wanted) => call(caller, found.rendering, wanted),
    };
    return clientOf(session, send, () => found.location, close);
  } catch (error) {
    close();
    throw error;
  }
}

function clientOf(session: Session, send: Send, queryInterface: () => string, close: () => void): Client {
  return {
    get catalogue() {
      return session.catalogue;
    },
    get rendering() {
      return session.rendering;
    },
    send,
    async refresh() {
      await session.refresh();
      return session.catalogue;
    },
    list: (target, options) => list(session, target, options),
    pages: (target, options) => pages(session, target, options),
    entities: (target, options) => entities(session, target, options),
    describe: (url) => describe(session, url),
    settled: (url, options) => settled(session, url, options),
    create: (creation) => create(session, creation),
    link: (source, target, creation) => link(session, source, target, creation),
    unlink: (url) => remove(session, url),
    update: (url, change, condition) => update(session, url, change, condition),
    replace: (url, wording, condition) => replace(session, url, wording, condition),
    delete: (url) => remove(session, url),
    deleteAll: (target, filter) => removeAll(session, target, filter),
    trigger: (target, action, attributes) => trigger(session, target, action, attributes),
    tag: (mixin, urls) => tag(session, mixin, urls),
    untag: (mixin, urls) => untag(session, mixin, urls),
    replaceTagged: (mixin, urls) => replaceTagged(session, mixin, urls),
    addMixins: (mixins) => addMixins(session, queryInterface(), mixins),
    removeMixins: (names) => removeMixins(session, queryInterface(), names),
    quotas: () => quotas(session),
    close,
  };
}
