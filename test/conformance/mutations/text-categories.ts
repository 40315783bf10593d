import type { Mutation } from '../mutation.ts';
import { inField, saying } from './text.ts';

const category = (change: (value: string) => string) => inField('category', change);

/** Faults in how categories are written in text. */
export const textCategoryMutations: readonly Mutation[] = [
  {
    name: 'location stands in front of rel',
    breaks: ['text-category/order'],
    mutate: category((value) => value.replace(/(; rel="[^"]*")(; location="[^"]*")/g, '$2$1')),
  },
  {
    name: 'a category has no class',
    breaks: ['text-category/order', 'text-category/quotes'],
    also: ['model/classes'],
    mutate: category((value) => value.replace(/(compute;.*?); class="kind"/, '$1')),
  },
  {
    name: 'the term is a parameter',
    breaks: ['text-category/quotes', 'text-category/one-each'],
    also: ['query-interface/is-there', 'model/references', 'model/same-in-all-renderings', 'model/core-kinds'],
    dialect: { version: '1.2', rendering: 'text/occi' },
    mutate: category((value) => value.replace(/^entity;/, 'term=entity;')),
  },
  {
    name: 'the scheme is bare',
    breaks: ['text-category/quotes'],
    mutate: category((value) => value.replace(/scheme="([^"]*)"/g, 'scheme=$1')),
  },
  {
    name: 'properties are separated by commas',
    breaks: ['text-category/attributes'],
    mutate: category((value) => value.replace(/\{immutable required\}|\{immutable\}/, '{immutable,required}')),
  },
  {
    name: 'an attribute and its properties are apart',
    breaks: ['text-category/attributes'],
    mutate: category((value) => value.replace(/\{immutable\}/, ' {immutable}')),
  },
  {
    name: 'actions are listed by their terms',
    breaks: ['text-category/actions', 'text-category/one-each'],
    also: [
      'model/actions',
      'model/actions-have-owners',
      'infrastructure/compute-actions',
      'infrastructure/network-actions',
      'infrastructure/storage-actions',
    ],
    mutate: category((value) => value.replace(/actions="[^"]*"/, 'actions="start stop"')),
  },
  {
    name: 'rel holds two identifiers',
    breaks: ['text-category/rel'],
    also: ['model/references', 'model/one-parent'],
    mutate: category((value) => value.replace(/rel="(\S*core#resource)"/, 'rel="$1 http://example.org/occi#other"')),
  },
  {
    name: 'the location is bare',
    breaks: ['text-category/location'],
    mutate: category((value) => value.replace(/location="([^"]*)"/g, 'location=$1')),
  },
  {
    name: 'a category is there twice',
    breaks: ['text-category/one-each'],
    also: ['model/unique'],
    mutate: category((value) => value.replace(/^(entity; .*)$/, '$1\nCategory: $1')),
  },
  {
    name: 'actions are not categories',
    breaks: ['text-category/one-each'],
    also: ['model/actions', 'model/same-in-all-renderings'],
    mutate: saying((value) => value.replace(/^.*class="action".*$/, '')),
  },
  {
    name: 'the query interface lists locations, too',
    breaks: ['text-category/nothing-else'],
    also: ['model/same-in-all-renderings'],
    mutate: category((value) => value.replace(/^(entity; .*)$/, '$1\nX-OCCI-Location: http://example.org/compute/1')),
  },
  {
    name: 'actions have a rel',
    breaks: ['text-category/action'],
    mutate: category((value) =>
      value.replace(/(class="action"(?:; title="[^"]*")?)/, '$1; rel="http://example.org/a#b"'),
    ),
  },
  {
    name: 'the rel of a mixin is the kind it applies to',
    breaks: ['text-category/mixin-rel'],
    also: [
      'infrastructure/save',
      'templates/of-systems',
      'templates/depend-on-os_tpl',
      'templates/depend-on-resource_tpl',
    ],
    mutate: category((value) => {
      return value.replace(
        /(class="mixin"(?:; title="[^"]*")?)(?:; rel="[^"]*")?/,
        '$1; rel="http://schemas.ogf.org/occi/infrastructure#compute"',
      );
    }),
  },
  {
    name: 'mixins do not say what they depend on',
    breaks: ['text-category/mixin-rel'],
    also: [
      'infrastructure/save',
      'templates/of-systems',
      'templates/depend-on-os_tpl',
      'templates/depend-on-resource_tpl',
    ],
    mutate: category((value) => value.replace(/(class="mixin".*?); rel="[^"]*"/, '$1')),
  },
];
