import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Exchange, field } from '../../src/client/exchange.ts';
import type { Check } from '../../src/conformance/check.ts';
import { headerChecks } from '../../src/conformance/checks/header-fields.ts';
import { jsonCategoryChecks } from '../../src/conformance/checks/json-categories.ts';
import { jsonCollectionChecks } from '../../src/conformance/checks/json-collections.ts';
import { jsonDescriptionChecks } from '../../src/conformance/checks/json-descriptions.ts';
import { jsonEntityChecks } from '../../src/conformance/checks/json-entities.ts';
import { jsonRequestChecks } from '../../src/conformance/checks/json-requests.ts';
import { textCategoryChecks } from '../../src/conformance/checks/text-categories.ts';
import { textCollectionChecks } from '../../src/conformance/checks/text-collections.ts';
import { textEntityChecks } from '../../src/conformance/checks/text-entities.ts';
import { textLinkChecks } from '../../src/conformance/checks/text-links.ts';
import { textPlainChecks } from '../../src/conformance/checks/text-plain.ts';
import { textRequestChecks } from '../../src/conformance/checks/text-requests.ts';
import { uriListChecks } from '../../src/conformance/checks/uri-list.ts';
import { type Laboratory, openLaboratory, withBody, withHeader, withStatus } from './mutation.ts';
import { eachObject, inJson, wholeBody, withMember } from './mutations/json.ts';
import { answering, inField } from './mutations/text.ts';

const checks: readonly Check[] = [
  textCategoryChecks,
  textEntityChecks,
  textLinkChecks,
  textPlainChecks,
  textCollectionChecks,
  textRequestChecks,
  headerChecks,
  uriListChecks,
  jsonCategoryChecks,
  jsonDescriptionChecks,
  jsonEntityChecks,
  jsonCollectionChecks,
  jsonRequestChecks,
].flat();

const textOcci = { version: '1.2', rendering: 'text/occi' } as const;
const textPlain = { version: '1.2', rendering: 'text/plain' } as const;

const unquotedClass = inField('category', (value) => value.replace(/class="(\w+)"/g, 'class=$1'));
const wide = inField('category', (value) => value.replace(/;(?= \w+="?)/g, ' ;').replace(/; (?=\w+=")/g, ';\t'));
const bareLinkCategory = inField('link', (value) => value.replace(/category="([^"]*)"/, 'category=$1'));
const noSelf = inField('link', (value) => value.replace(/; self=.*/, ''));
const absoluteLinks = inField('link', (value) => value.replace(/<\//g, '<http://127.0.0.1:1/'));
const points = inField('x-occi-attribute', (value) => value.replace(/=1\.5/, '=1.50').replace(/=1$/, '=1.'));
const lowerCase = (exchange: Exchange) =>
  withBody(exchange, (text) => text.replace(/^[A-Za-z-]+(?=: )/gm, (name) => name.toLowerCase()));
const padded = (exchange: Exchange) => withBody(exchange, (text) => text.replace(/^([A-Za-z-]+): /gm, '$1:\t'));
const comments = answering('GET', /\/$/, (exchange) => {
  return withBody(exchange, (text) => (text.startsWith('http') ? `# what there is\n${text}` : text));
});
const noContent = answering('DELETE', /./, (exchange) => {
  return withStatus(
    withHeader(
      withBody(exchange, () => ''),
      'Content-Type',
    ),
    204,
  );
});
const backwards = wholeBody((value) => Object.fromEntries(Object.entries(value as object).toReversed()));

/** What a server may do otherwise, and is right all the same. */
const freedoms = [
  { name: 'the class is bare', dialect: textPlain, mutate: unquotedClass },
  { name: 'the class is bare in header fields', dialect: textOcci, mutate: unquotedClass },
  { name: 'there are blanks around semicolons', dialect: textPlain, mutate: wide },
  { name: 'the category of a link is bare, as the grammar has it', dialect: textPlain, mutate: bareLinkCategory },
  { name: 'links say neither where they are nor what', dialect: textPlain, mutate: noSelf },
  { name: 'links and actions are absolute', dialect: textOcci, mutate: absoluteLinks },
  { name: 'numbers end in zeroes or a point', dialect: textPlain, mutate: points },
  { name: 'field names are in lower case', dialect: textPlain, mutate: lowerCase },
  { name: 'values are indented', dialect: textPlain, mutate: padded },
  { name: 'a URI list has comments', dialect: textPlain, mutate: comments },
  { name: 'a deletion is answered with 204', dialect: textOcci, mutate: noContent },
  {
    name: 'what is created is answered with 200',
    dialect: textPlain,
    mutate: (exchange: Exchange) => (exchange.response.status === 201 ? withStatus(exchange, 200) : exchange),
  },
  { name: 'members come in another order', dialect: inJson, mutate: backwards },
  {
    name: 'there is a charset',
    dialect: inJson,
    mutate: (exchange: Exchange) => {
      const type = field(exchange.response.headers, 'content-type') ?? '';
      return withHeader(exchange, 'Content-Type', type.replace(/^application\/occi\+json$/, '$&; charset=utf-8'));
    },
  },
  {
    name: 'entities have members of the server',
    dialect: inJson,
    mutate: eachObject((one) =>
      'kind' in one && 'id' in one ? { ...one, location: '/somewhere/else', etag: 1 } : one,
    ),
  },
  {
    name: 'what is false is left out of descriptions',
    dialect: inJson,
    mutate: eachObject((one) => {
      const mutable = one['mutable'] === true ? true : undefined;
      return 'mutable' in one && 'required' in one ? withMember(one, 'mutable', mutable) : one;
    }),
  },
  {
    name: 'the type string is left out of descriptions',
    dialect: inJson,
    mutate: eachObject((one) =>
      'mutable' in one && one['type'] === 'string' ? withMember(one, 'type', undefined) : one,
    ),
  },
];

describe('The checks of renderings give no alarm', () => {
  let laboratory: Laboratory;
  beforeAll(async () => {
    laboratory = await openLaboratory();
  });
  afterAll(() => laboratory.close());

  it.each(freedoms)('where $name', async (freedom) => {
    expect(await laboratory.failing(checks, { ...freedom, breaks: ['-'] })).toEqual([]);
  });
});
