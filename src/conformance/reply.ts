import { contentIn, locationsIn } from '../client/answer.ts';
import { type Exchange, field, fieldsNamed } from '../client/exchange.ts';
import { entityIn, type Reader, type RemoteEntity } from '../client/remote-entity.ts';
import type { Content } from '../occi/draft.ts';
import { mediaTypesIn } from '../renderers/media-types.ts';
import { Unmet } from './check.ts';

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

  /** The body as JSON. @throws Unmet */
  get json(): unknown {
    try {
      return JSON.parse(this.text);
    } catch (error) {
      throw new Unmet(`the body is JSON; it is not: ${(error as Error).message}`);
    }
  }

  /** What it says. @throws Unmet when it cannot be read */
  get content(): Content {
    try {
      this.#content ??= contentIn(this.exchange);
      return this.#content;
    } catch (error) {
      throw new Unmet(`the answer to ${this.request} can be read; ${(error as Error).message}`);
    }
  }

  /** Where it says that something is. */
  get locations(): readonly string[] {
    return locationsIn(this.exchange, this.content);
  }

  /** The entity it shows. @throws Unmet when it shows none */
  entity(location: string): RemoteEntity {
    try {
      return entityIn(this.#reader, location, { exchange: this.exchange, content: this.content });
    } catch (error) {
      if (error instanceof Unmet) throw error;
      throw new Unmet(`the answer to ${this.request} shows an entity; ${(error as Error).message}`);
    }
  }
}
