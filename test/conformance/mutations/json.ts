import type { Exchange } from '../../../src/client/exchange.ts';
import { withBody } from '../mutation.ts';

/** A JSON object. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** The dialect in which faults of JSON show. */
export const inJson = { version: '1.2', rendering: 'application/occi+json' } as const;

/** Changes the objects of successful answers in JSON, the inner ones first. */
export function eachObject(change: (object: JsonObject) => unknown) {
  const walk = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(walk);
    if (typeof value !== 'object' || value === null) return value;
    return change(Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, walk(inner)])));
  };
  return wholeBody(walk);
}

/** Changes the bodies of successful answers in JSON. */
export function wholeBody(change: (value: unknown) => unknown) {
  return (exchange: Exchange): Exchange => {
    if (exchange.response.status >= 300) return exchange;
    return withBody(exchange, (text) => (text.startsWith('{') ? JSON.stringify(change(JSON.parse(text))) : text));
  };
}

/** An object with a member as it is now; without it when there is nothing to be set. */
export function withMember(object: JsonObject, name: string, value: unknown): JsonObject {
  const { [name]: _, ...others } = object;
  return value === undefined ? others : { ...others, [name]: value };
}
