import { field, fieldsNamed, type WireRequest } from '../../../src/client/exchange.ts';
import { type Mutation, withBody, withHeader, without } from '../mutation.ts';
import { inField, inType } from './text.ts';

const dialect = { version: '1.2', rendering: 'text/occi' } as const;
const name = 'X-OCCI-Attribute';

/** Takes requests for ones with other attributes. */
function heard(change: (values: readonly string[]) => readonly string[]) {
  return (request: WireRequest): WireRequest => {
    const attributes = change(fieldsNamed(request.headers, name)).map((value) => [name, value] as const);
    return { ...request, headers: [...without(request.headers, name), ...attributes] };
  };
}

const faults: readonly Mutation[] = [
  {
    name: 'text/occi is called text/plain',
    breaks: ['header/type'],
    also: ['text-collection/renderings', 'model/same-in-all-renderings'],
    mutate: inType('text/occi', (exchange) => withHeader(exchange, 'Content-Type', 'text/plain; charset=utf-8')),
  },
  {
    name: 'attributes are in the body',
    breaks: ['header/type', 'header/body'],
    also: ['text-entity/model-attributes', 'text-entity/attribute-lines'],
    mutate: (exchange) => {
      const values = field(exchange.response.headers, name);
      const { pathname } = new URL(exchange.request.url);
      if (values === undefined || exchange.request.method !== 'GET' || !pathname.startsWith('/storage/'))
        return exchange;
      return withBody(withHeader(exchange, name), () => `${name}: ${values}`);
    },
  },
  {
    name: 'the body is empty',
    breaks: ['header/body'],
    mutate: inType('text/occi', (exchange) => withBody(exchange, () => '')),
  },
  {
    name: 'a deletion says what it has done',
    breaks: ['header/body'],
    mutate: (exchange) => (exchange.request.method === 'DELETE' ? withBody(exchange, () => 'deleted') : exchange),
  },
  {
    name: 'a quote is not closed',
    breaks: ['header/syntax'],
    also: ['text-entity/types', 'text-entity/attribute-lines', 'mutability/at-creation'],
    mutate: inField('x-occi-attribute', (value) => value.replace('Made by a run"', 'Made by a run')),
  },
  {
    name: 'quotes in quotes are not escaped',
    breaks: ['header/syntax'],
    also: ['text-entity/escapes', 'text-request/escapes'],
    mutate: inField('x-occi-attribute', (value) => value.replace('\\"', '"')),
  },
  {
    name: 'the last of repeated fields counts',
    breaks: ['header/repeated'],
    also: ['text-request/grammar'],
    mistake: heard((values) => values.slice(-1)),
  },
  {
    name: 'the first of several values counts',
    breaks: ['header/joined'],
    also: ['text-entity/escapes', 'links/target-elsewhere', 'mutability/at-creation'],
    mistake: heard((values) => values.map((value) => value.replace(/","?|",.*/, '"'))),
  },
  {
    name: 'each attribute has a field',
    breaks: ['header/one-field'],
    mutate: (exchange) => {
      const { request, response } = exchange;
      const headers = response.headers.flatMap(([one, value]) => {
        return one.toLowerCase() === 'x-occi-attribute'
          ? value.split(/, (?=occi\.)/).map((each) => [one, each] as const)
          : [[one, value] as const];
      });
      return { request, response: { ...response, headers } };
    },
  },
  {
    name: 'values with commas are bare',
    breaks: ['header/quoted'],
    also: ['text-entity/types', 'text-entity/escapes'],
    mutate: inField('x-occi-attribute', (value) => value.replace(/"Conformance(?:[^"\\]|\\.)*"/, 'Conformance, b')),
  },
  {
    name: 'long values are cut',
    breaks: ['header/whole'],
    mutate: (exchange) => {
      const { request, response } = exchange;
      if (response.status !== 406) return exchange;
      const headers = [...response.headers, [name, `occi.core.summary="${'Lorem ipsum '.repeat(300)}"`] as const];
      return withBody({ request, response: { ...response, status: 200, headers } }, () => 'OK');
    },
  },
];

/** Faults in the header rendering. */
export const headerMutations: readonly Mutation[] = faults.map((fault) => ({ dialect, ...fault }));
