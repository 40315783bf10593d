import type { Mutation } from '../mutation.ts';
import { inField } from './text.ts';

const attribute = (change: (value: string) => string) => inField('x-occi-attribute', change);

/** Faults in how entities are written in text. */
export const textEntityMutations: readonly Mutation[] = [
  {
    name: 'strings are bare',
    breaks: ['text-entity/types'],
    also: ['mutability/later'],
    mutate: attribute((value) => value.replace(/occi\.core\.summary="([^"]*)"/, 'occi.core.summary=$1')),
  },
  {
    name: 'numbers are quoted',
    breaks: ['text-entity/types'],
    dialect: { version: '1.1', rendering: 'text/occi' },
    mutate: attribute((value) => value.replace(/size=1\.5/, 'size="1.5"')),
  },
  {
    name: 'numbers have exponents',
    breaks: ['text-entity/numbers'],
    mutate: attribute((value) => value.replace(/size=1\.5/, 'size=15e-1')),
  },
  {
    name: 'numbers are cut to integers',
    breaks: ['text-entity/numbers'],
    mutate: attribute((value) => value.replace(/size=1\.5/, 'size=1')),
  },
  {
    name: 'quotes are not escaped',
    breaks: ['text-entity/escapes'],
    also: ['text-request/escapes'],
    mutate: attribute((value) => value.replaceAll('\\"', '"')),
  },
  {
    name: 'backslashes are not escaped',
    breaks: ['text-entity/escapes'],
    also: ['text-request/escapes'],
    dialect: { version: '1.2', rendering: 'text/occi' },
    mutate: attribute((value) => value.replaceAll('\\\\', '\\')),
  },
  {
    name: 'attributes stand among the categories',
    breaks: ['text-entity/order'],
    also: [
      'query-interface/add-again',
      'create/post',
      'entity/read',
      'put/creates',
      'update/partial',
      'practice/utf-8',
      'text-category/one-each',
      'text-category/nothing-else',
      'text-request/grammar',
      'text-request/escapes',
      'model/unique',
      'mutability/at-creation',
      'mutability/later',
      'mutability/inherited',
      'infrastructure/save-answers',
    ],
    mutate: inField('category', (value) => `${value}\nX-OCCI-Attribute: occi.core.title="A"\nCategory: ${value}`),
  },
  {
    name: 'the id has a name of its own',
    breaks: ['text-entity/model-attributes'],
    also: [
      'entity/read',
      'text-link/model-attributes',
      'identity/has-id',
      'identity/id-is-urn',
      'identity/id-is-uri',
      'model/shown-is-described',
    ],
    mutate: attribute((value) => value.replace('occi.core.id', 'id')),
  },
  {
    name: 'the summary is called a description',
    breaks: ['text-entity/model-attributes'],
    also: [
      'update/partial',
      'text-request/grammar',
      'mutability/at-creation',
      'mutability/later',
      'mutability/inherited',
    ],
    mutate: attribute((value) => value.replace('occi.core.summary', 'occi.core.description')),
  },
  {
    name: 'attributes have a prefix',
    breaks: ['text-entity/attribute-lines'],
    also: ['infrastructure/storage-attributes'],
    mutate: attribute((value) => value.replace('occi.storage.size', 'x-storage-size')),
  },
];
