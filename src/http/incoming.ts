import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Precondition } from '../gateway/precondition.ts';
import { OcciError } from '../occi/errors.ts';
import { type NameSpace, normalise } from '../occi/name-space.ts';
import { headerText } from '../renderers/header-bytes.ts';
import type { Payload } from '../renderers/renderer.ts';
import type { Proxies } from './proxies.ts';

/** How URLs are built and understood. */
export interface Addressing {
  /** The path under which the gateway is mounted, `''` or `/occi`. */
  readonly prefix: string;
  /** The URL by which clients know the gateway, when requests do not tell. */
  readonly publicUrl?: string;
  /** Whose `X-Forwarded-*` headers are believed. */
  readonly proxies: Proxies;
}

/** What the platform gives beside the request. */
export interface PlatformBindings {
  /** On Node the raw request, for bodies of GET. */
  readonly incoming?: IncomingMessage;
  /** On Node the raw answer, for what Fetch has no words for: a field in several lines. */
  readonly outgoing?: Pick<ServerResponse, 'setHeader' | 'closed' | 'once'>;
  /** The headers of the request as the server has read them. Asking Headers would check every name and value again. */
  readonly fields?: IncomingHttpHeaders;
}

/** A request as the operations look at it: decoded once, headers as text. */
export class Incoming {
  readonly method: string;
  /** The path below the mount prefix, normalised; undefined when the request is for something outside of it. */
  readonly location: string | undefined;
  readonly query: ReadonlyMap<string, string>;
  readonly space: NameSpace;
  readonly #proxies: Proxies;
  readonly #request: Request;
  readonly #platform: PlatformBindings | undefined;
  readonly #fields: IncomingHttpHeaders | undefined;

  constructor(request: Request, addressing: Addressing, platform?: PlatformBindings) {
    this.#proxies = addressing.proxies;
    this.#request = request;
    this.#platform = platform;
    this.#fields = platform?.fields;
    this.method = request.method;
    const { url } = request;
    const pathStart = url.indexOf('/', url.indexOf('//') + 2);
    const queryStart = url.indexOf('?', pathStart);
    const path = pathStart === -1 ? '/' : url.slice(pathStart, queryStart === -1 ? undefined : queryStart);
    const plain = path.includes('%') || path.includes('//') || path.includes('#') ? normalise(path) : path;
    this.location = below(addressing.prefix, plain);
    this.query = queryStart === -1 ? noQuery : readQuery(url.slice(queryStart + 1));
    this.space = this.#nameSpace(pathStart === -1 ? url : url.slice(0, pathStart), addressing);
  }

  /** A header as text: UTF-8 where it is UTF-8, else Latin-1; repeated fields joined by `, `. */
  header(name: string): string | undefined {
    const value = this.#field(name.toLowerCase());
    return value === undefined ? undefined : headerText(value);
  }

  /** A header byte by byte, as Latin-1. @param name in lower case */
  #field(name: string): string | undefined {
    if (this.#fields === undefined) return this.#request.headers.get(name) ?? undefined;
    const value = this.#fields[name];
    return Array.isArray(value) ? value.join(', ') : value;
  }

  /** The connection, on Node. */
  get socket(): Socket | undefined {
    return this.#platform?.incoming?.socket;
  }

  /** The address of who sends the request, as far as the platform and the proxies that are trusted tell. */
  get address(): string | undefined {
    return this.#proxies.clientOf(this.socket?.remoteAddress, this.#field('x-forwarded-for'));
  }

  /** Where a field of the answer can be sent in several lines; Fetch joins them. */
  get outgoing(): PlatformBindings['outgoing'] {
    return this.#platform?.outgoing;
  }

  /** The path as it was sent. */
  get path(): string {
    return new URL(this.#request.url).pathname;
  }

  /** The query part as it was sent. */
  get search(): string {
    const { url } = this.#request;
    const start = url.indexOf('?');
    const end = url.indexOf('#', start);
    return start === -1 ? '' : url.slice(start + 1, end === -1 ? undefined : end);
  }

  /** The request as Node has it, where its body can be read as it comes. */
  get message(): IncomingMessage | undefined {
    return this.#fields === undefined ? undefined : this.#platform?.incoming;
  }

  /** The body as Fetch has it. */
  get body(): AsyncIterable<Uint8Array> | undefined {
    return this.#request.body ?? undefined;
  }

  /** Whether the rendering of an entity, a filter or a list is in the headers (GFD.229 §7). */
  get hasOcciHeaders(): boolean {
    return occiFields.some((name) => this.#field(name) !== undefined);
  }

  /** The path and query of this request with other paging parameters, as a reference. */
  withPage(page: number, number: number): string {
    const others = [...this.query].filter(([name]) => name !== 'page' && name !== 'number');
    const search = new URLSearchParams([...others, ['page', String(page)], ['number', String(number)]]);
    return `${this.space.origin}${this.space.prefix}${this.location ?? '/'}?${search}`;
  }

  /** The conditions of the request (RFC 9110 §13.1). */
  get precondition(): Precondition {
    const ifMatch = this.#field('if-match');
    const ifNoneMatch = this.#field('if-none-match');
    if (ifMatch === undefined && ifNoneMatch === undefined) return noPrecondition;
    return {
      ...(ifMatch === undefined ? {} : { ifMatch: tags(ifMatch) }),
      ...(ifNoneMatch === undefined ? {} : { ifNoneMatch: tags(ifNoneMatch) }),
    };
  }

  /**
   * The body, and the headers for renderers that live there.
   *
   * @throws OcciError `too-large`
   */
  async payload(limit: number): Promise<Payload> {
    const body = await this.#body(limit);
    return { header: (name) => this.header(name), body };
  }

  async #body(limit: number): Promise<Uint8Array> {
    const announced = this.#field('content-length');
    if (announced !== undefined && Number(announced) > limit) throw tooLarge(limit);
    if (this.method === 'HEAD' || announced === '0') return nothing;
    // Fetch knows no body of a GET, but a filter may be in one (GFD.185 §3.4); Node still has it.
    const message = this.method === 'GET' ? this.#platform?.incoming : this.message;
    if (message === undefined) {
      const body = this.method === 'GET' ? undefined : this.body;
      return body === undefined ? nothing : collect(body, limit);
    }
    // Where there is no body its end may have been before anybody could listen.
    const hasBody = announced !== undefined || this.#field('transfer-encoding') !== undefined;
    return hasBody ? receive(message, limit) : nothing;
  }

  #nameSpace(origin: string, { prefix, publicUrl, proxies }: Addressing): NameSpace {
    if (publicUrl !== undefined) {
      const { origin: fixed, pathname } = new URL(publicUrl);
      return { origin: fixed, prefix: pathname === '/' ? prefix : pathname.replace(/\/$/, '') };
    }
    if (!proxies.trusts(this.socket?.remoteAddress)) return { origin, prefix };
    const scheme = firstOf(this.header('x-forwarded-proto'));
    const host = firstOf(this.header('x-forwarded-host'));
    const outer = firstOf(this.header('x-forwarded-prefix'))?.replace(/\/$/, '') ?? '';
    const colon = origin.indexOf('://');
    return {
      origin: `${schemeOr(scheme, origin.slice(0, colon))}://${hostOr(host, origin.slice(colon + 3))}`,
      prefix: /^(?:\/[A-Za-z0-9._~-]+)*$/.test(outer) ? outer + prefix : prefix,
    };
  }
}

const occiFields = ['category', 'x-occi-attribute', 'x-occi-location', 'link'];
const noQuery: ReadonlyMap<string, string> = new Map();
const noPrecondition: Precondition = {};
const nothing = new Uint8Array();

function below(prefix: string, path: string): string | undefined {
  if (prefix === '') return path;
  if (path === prefix) return '/';
  return path.startsWith(`${prefix}/`) ? path.slice(prefix.length) : undefined;
}

/** Parameters are separated by `&`, or by `;` as drafts of the standard had it. The first of a name counts. */
function readQuery(search: string): ReadonlyMap<string, string> {
  const query = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(search.replaceAll(';', '&'))) {
    if (!query.has(name)) query.set(name, value);
  }
  return query;
}

function tags(field: string): readonly string[] {
  return field
    .split(',')
    .map((tag) => tag.trim().replace(/^W\//, ''))
    .filter((tag) => tag !== '');
}

/** A body as it comes from the socket: several times as fast as the stream that fetch makes of it. */
function receive(incoming: IncomingMessage, limit: number): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = [];
    let size = 0;
    const take = (piece: Buffer) => {
      pieces.push(piece);
      size += piece.length;
      if (size <= limit) return;
      // What is still to come is not kept; whoever serves the socket decides how much of it is read.
      incoming.off('data', take);
      incoming.pause();
      reject(tooLarge(limit));
    };
    incoming.on('data', take);
    incoming.on('end', () => resolve(pieces.length === 1 ? (pieces[0] as Buffer) : Buffer.concat(pieces)));
    incoming.on('error', (cause) => {
      reject(new OcciError('invalid-request', 'the connection ended before the body did', {}, { cause }));
    });
  });
}

async function collect(source: AsyncIterable<Uint8Array>, limit: number): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of source) {
    size += piece.length;
    if (size > limit) throw tooLarge(limit);
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

function tooLarge(limit: number): OcciError {
  return new OcciError('too-large', `the body must not exceed ${limit} bytes`);
}

function firstOf(field: string | undefined): string | undefined {
  return field?.split(',')[0]?.trim();
}

function schemeOr(scheme: string | undefined, fallback: string): string {
  return scheme === 'http' || scheme === 'https' ? scheme : fallback;
}

function hostOr(host: string | undefined, fallback: string): string {
  return host !== undefined && /^(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?$/.test(host) ? host : fallback;
}
