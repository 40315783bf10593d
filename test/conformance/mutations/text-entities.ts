import type { Mutation } from '../mutation.ts';
import { inField } from './text.ts';

const attribute = (change: (value: string) => string) => inField('x-occi-attribute', change);

/** Faults in how entities are written in text. */
export const textEntityMutations: readonly Mutation[] = [
  {
    name: 'strings are bare',
    breaks: ['text-entity/types'],
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
    mutate: attribute((value) => value.replaceAll('\\"', '"')),
  },
  {
    name: 'backslashes are not escaped',
    breaks: ['text-entity/escapes'],
    dialect: { version: '1.2', rendering: 'text/occi' },
    mutate: attribute((value) => value.replaceAll('\\\\', '\\')),
  },
  {
    name: 'attributes stand among the categories',
    breaks: ['text-entity/order'],
    mutate: inField('category', (value) => `${value}\nX-OCCI-Attribute: occi.core.title="A"\nCategory: ${value}`),
  },
  {
    name: 'the id has a name of its own',
    breaks: ['text-entity/model-attributes'],
    mutate: attribute((value) => value.replace('occi.core.id', 'id')),
  },
  {
    name: 'the summary is called a description',
    breaks: ['text-entity/model-attributes'],
    mutate: attribute((value) => value.replace('occi.core.summary', 'occi.core.description')),
  },
  {
    name: 'attributes have a prefix',
    breaks: ['text-entity/attribute-lines'],
    mutate: attribute((value) => value.replace('occi.storage.size', 'x-storage-size')),
  },
];
