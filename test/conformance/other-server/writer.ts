import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Choices } from './choices.ts';
import type { Cloud, Entity } from './cloud.ts';
import type { Refusal, Shown } from './draft.ts';
import { jsonOf } from './json-answers.ts';
import type { Category } from './model.ts';
import { type MediaType, mediaTypes } from './negotiation.ts';
import { fieldsOf, type Places } from './text-answers.ts';
import type { Field } from './text-requests.ts';

/** An answer that is a success. */
export interface Answer {
  readonly status: number;
  readonly shown?: Shown<Entity, Category>;
  /** The place of what is new. */
  readonly location?: string;
}

/** Who writes the answer to a request, in the rendering that is wanted. */
export class Writer {
  readonly #choices: Choices;
  readonly #cloud: Cloud;
  readonly #places: Places;
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;

  constructor(choices: Choices, cloud: Cloud, places: Places, request: IncomingMessage, response: ServerResponse) {
    this.#choices = choices;
    this.#cloud = cloud;
    this.#places = places;
    this.#request = request;
    this.#response = response;
  }

  write({ status, shown, location }: Answer, type: MediaType): void {
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

  refuse({ status, message, allow }: Refusal, type: MediaType): void {
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

const isPlain = (type: MediaType) => type === 'text/plain' || type === 'text/occi+plain';
