import type { Mutation } from '../mutation.ts';
import { answering, inField } from './text.ts';

const link = (change: (value: string) => string) => inField('link', change);

/** Faults in how links and actions are written in text. */
export const textLinkMutations: readonly Mutation[] = [
  {
    name: 'links are lost',
    breaks: ['text-link/says-where'],
    also: ['links/shown-by-source'],
    mutate: link((value) => (value.includes('self=') ? '</elsewhere>; rel="http://example.org/a#b"' : value)),
  },
  {
    name: 'the rel of a link is the kind of the link',
    breaks: ['text-link/says-where'],
    dialect: { version: '1.1', rendering: 'text/plain' },
    mutate: link((value) => value.replace(/rel="[^"]*"(.*category="([^"]*)")/, 'rel="$2"$1')),
  },
  {
    name: 'self is the target',
    breaks: ['text-link/says-where'],
    mutate: link((value) => value.replace(/<([^>]*)>(.*?)self="[^"]*"/, '<$1>$2self="$1"')),
  },
  {
    name: 'category stands in front of rel',
    breaks: ['text-link/syntax'],
    mutate: link((value) => value.replace(/(; rel="[^"]*")(.*?)(; category="[^"]*")/, '$3$1$2')),
  },
  {
    name: 'the kind of the target is bare',
    breaks: ['text-link/syntax'],
    mutate: link((value) => (value.includes('self=') ? value.replace(/rel="([^"]*)"/, 'rel=$1') : value)),
  },
  {
    name: 'strings in links are bare',
    breaks: ['text-link/attributes'],
    mutate: link((value) => value.replace(/occi\.core\.id="([^"]*)"/, 'occi.core.id=$1')),
  },
  {
    name: 'a link entity shows its target as a link',
    breaks: ['text-link/entity'],
    mutate: answering(
      'GET',
      /^\/networkinterface\/./,
      inField('category', (value) => `${value}\nLink: </network/1>; rel="http://example.org/a#b"`),
    ),
  },
  {
    name: 'the target of a link entity has another name',
    breaks: ['text-link/model-attributes'],
    also: ['links/ends'],
    dialect: { version: '1.2', rendering: 'text/occi' },
    mutate: inField('x-occi-attribute', (value) => value.replace('occi.core.target=', 'occi.link.target=')),
  },
  {
    name: 'source and target are swapped',
    breaks: ['text-link/model-attributes'],
    also: ['links/ends'],
    mutate: inField('x-occi-attribute', (value) => {
      return value.replace(
        /^occi\.core\.(source|target)=/,
        (_, end) => `occi.core.${end === 'source' ? 'target' : 'source'}=`,
      );
    }),
  },
  {
    name: 'actions are offered that nobody knows',
    breaks: ['text-action/offered'],
    also: [
      'infrastructure/compute-shows-actions',
      'infrastructure/network-shows-actions',
      'infrastructure/storage-shows-actions',
    ],
    patienceMs: 1000,
    mutate: link((value) => value.replace(/\/action#/g, '/deed#')),
  },
  {
    name: 'an action is offered by its term',
    breaks: ['text-action/offered', 'text-action/line'],
    mutate: link((value) => value.replace(/(\?action=(\w+)>; rel=)"[^"]*"/, '$1"$2"')),
  },
  {
    name: 'an action is offered at another place',
    breaks: ['text-action/line'],
    mutate: link((value) => value.replace(/<[^>]*\?action=/, '</actions?action=')),
  },
  {
    name: 'an action has a title',
    breaks: ['text-action/line'],
    mutate: link((value) => value.replace(/(\?action=\w+>; rel="[^"]*")/, '$1; title="A"')),
  },
];
