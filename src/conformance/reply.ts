import { contentIn, locationsIn } from '../client/answer.ts';
import { type Exchange, field, fieldsNamed } from '../client/exchange.ts';
import { entityIn, type Reader, type RemoteEntity } from '../client/remote-entity.ts';
import type { Answer } from '../client/session.ts';
import { type Content, emptyContent } from '../occi/draft.ts';
import { mediaTypesIn } from '../renderers/media-types.ts';
import { Inconclusive, Unmet } from './check.ts';

/** An answer of the server under test, and the request it is to. */
export class Reply {
  readonly exchange: Exchange;
  readonly #reader: Reader;
  #content: Content | undefined;

  constructor(exchange: Exchange, reader: Reader) {
    this.exchange = exchange;
    this.#reader = reader;
  }

  get status(): number {
    return this.exchange.response.status;
  }

  get isSuccess(): boolean {
    return this.status >= 200 && this.status < 300;
  }

  /** Whether the server says that it will not do this; not that it has failed. */
  get isRefused(): boolean {
    return (this.status >= 400 && this.status < 500) || this.status === 501;
  }

  /** The request line, as reports quote it. */
  get request(): string {
    const { method, url } = this.exchange.request;
    const { pathname, search } = new URL(url);
    return `${method} ${pathname}${search}`;
  }

  /** A header field, repeated ones joined. */
  header(name: string): string | undefined {
    return field(this.exchange.response.headers, name);
  }

  /** A header field, each time it stands there. */
  headers(name: string): readonly string[] {
    return fieldsNamed(this.exchange.response.headers, name);
  }

  /** The media type without parameters, in lower case; empty when there is none. */
  get type(): string {
    return mediaTypesIn(this.header('content-type') ?? '')[0]?.type.toLowerCase() ?? '';
  }

  get text(): string {
    return new TextDecoder().decode(this.exchange.response.body);
  }

  /** The lines of the body, without those that are empty. */
  get lines(): readonly string[] {
    return this.text.split(/[\r\n]+/).filter((line) => line.trim() !== '');
  }

  /** The body as JSON. @throws Inconclusive when it is none */
  get json(): unknown {
    try {
      return JSON.parse(this.text);
    } catch (error) {
      throw new Inconclusive(`the answer to ${this.request} is no JSON: ${(error as Error).message}`);
    }
  }

  /** What it says. @throws Inconclusive when it cannot be read: renderings have checks of their own */
  get content(): Content {
    try {
      this.#content ??= contentIn(this.exchange);
      return this.#content;
    } catch (error) {
      throw new Inconclusive((error as Error).message);
    }
  }

  /** Where it says that something is. What cannot be read may still have Location. @throws Inconclusive otherwise */
  get locations(): readonly string[] {
    const isTold = (this.header('location') ?? '') !== '';
    return locationsIn(this.exchange, isTold && !this.isReadable ? emptyContent : this.content);
  }

  /** Whether it is in a rendering that is known, and as that has to be. */
  get isReadable(): boolean {
    try {
      return this.content !== undefined;
    } catch {
      return false;
    }
  }

  /** The entity it shows. @throws Unmet when it shows none, Inconclusive when it cannot be read */
  entity(location: string): RemoteEntity {
    const { exchange, content } = this;
    const entity = this.#entityIn(location, { exchange, content });
    const isUnclassified = entity.kind === '' && entity.mixins.length === 0;
    if (isUnclassified && this.header('category') !== undefined) {
      throw new Inconclusive(`the answer to ${this.request} is half in header fields, and half in the body`);
    }
    return entity;
  }

  #entityIn(location: string, answer: Answer): RemoteEntity {
    try {
      return entityIn(this.#reader, location, answer);
    } catch (error) {
      throw new Unmet(`the answer to ${this.request} shows an entity; ${(error as Error).message}`);
    }
  }
}
