import { type Category, everything, machinesAndNetworks, queuesAlone } from './model.ts';

/** What the documents leave to a server, and what one has decided. */
export interface Choices {
  readonly categories: readonly Category[];
  readonly versions: readonly ('1.1' | '1.2')[];
  /** The header field Server. */
  readonly server: string;
  /** The path below which it lives. */
  readonly prefix: string;
  readonly hasJson: boolean;
  readonly hasWellKnownPath: boolean;
  /** The media type for those who do not say what they want. */
  readonly fallback: 'text/plain' | 'application/occi+json';
  /** Where a new entity is, below the prefix; `n` is different each time. */
  readonly placeOf: (n: number) => string;
  readonly idOf: (n: number) => string;
  /** How a creation is answered. */
  readonly creation: 'location' | 'rendering' | 'both';
  /** How an update or a replacement is answered. */
  readonly change: 'location' | 'rendering';
  readonly deletion: 200 | 204;
  /** Whether the answer to an action shows what was acted on. */
  readonly showsActed: boolean;
  readonly gone: 404 | 410;
  readonly inapplicable: 400 | 409;
  readonly errorsHaveBodies: boolean;
  readonly isChunked: boolean;
  /** How an empty collection is answered in 1.1. */
  readonly emptyCollection: 200 | 204;
  /** Whether there are mixins and paths of clients. */
  readonly takesMixins: boolean;
  readonly takesPaths: boolean;
  readonly takesIds: boolean;
  readonly takesManyAtOnce: boolean;
  /** Whether immutable attributes in a creation are refused; they are ignored otherwise. */
  readonly refusesServerOwned: boolean;
  readonly replacesSystems: boolean;
  /** Whether paths that are no locations list what is below them. */
  readonly listsPaths: boolean;
  readonly firstPage: 0 | 1;
  readonly largestPage: number;
  /** Whether a filter of the query interface shows what is related to a category, too. */
  readonly filtersRelated: boolean;
  /** Whether collections are filtered by category; since 1.2 they need not be. */
  readonly filtersByCategory: boolean;
  /** How long it takes to get from state to state. */
  readonly delayMs: number;
  /** Whether a machine starts by itself when it is created. */
  readonly startsMachines: boolean;
  /** Whether a machine has to have an OS template; a default one is a MAY. */
  readonly needsSystem: boolean;
  /** Whether kinds repeat the attributes and actions that they inherit. */
  readonly repeatsInherited: boolean;
  readonly text: TextChoices;
  /** Whether what is the default anyway stands in the descriptions of JSON, and what is empty in entities. */
  readonly jsonSaysAll: boolean;
  /** What it does wrong, for tests of the tests. */
  readonly fault?: Fault;
}

export interface TextChoices {
  readonly fieldName: (name: string) => string;
  readonly separator: string;
  readonly quotesClass: boolean;
  /** Whether the categories of entities have titles and locations. */
  readonly showsWholeCategories: boolean;
  readonly linksTell: 'all' | 'self' | 'target';
  /** Between the values of a header field; undefined for one field each. */
  readonly comma: string | undefined;
  readonly absoluteLinks: boolean;
  readonly absoluteLocations: boolean;
  /** Whether numbers may come in quotes. */
  readonly forgivesQuotes: boolean;
}

export type Fault = 'a lost summary' | 'links that stay' | 'a number in quotes' | 'a refusal that is obeyed';

const usualText: TextChoices = {
  fieldName: (name) => name,
  separator: '; ',
  quotesClass: true,
  showsWholeCategories: false,
  linksTell: 'all',
  comma: ', ',
  absoluteLinks: false,
  absoluteLocations: false,
  forgivesQuotes: true,
};

/** Both versions, and as much as there is: but no CRTP, and nothing where others have it. */
export const generous: Choices = {
  categories: everything,
  versions: ['1.1', '1.2'],
  server: 'cumulus/7.1 (test; OCCI) OCCI/1.1 OCCI/1.2 libwind/0.3',
  prefix: '/clouds/north',
  hasJson: true,
  hasWellKnownPath: true,
  fallback: 'text/plain',
  placeOf: (n) => `/e/x${n.toString(36)}y`,
  idOf: (n) => `urn:uuid:7d3f0b1e-5a6c-4e2d-9b10-${n.toString(16).padStart(12, '0')}`,
  creation: 'both',
  change: 'rendering',
  deletion: 204,
  showsActed: true,
  gone: 404,
  inapplicable: 400,
  errorsHaveBodies: true,
  isChunked: true,
  emptyCollection: 204,
  takesMixins: true,
  takesPaths: true,
  takesIds: true,
  takesManyAtOnce: true,
  refusesServerOwned: false,
  replacesSystems: true,
  listsPaths: true,
  firstPage: 1,
  largestPage: 500,
  filtersRelated: false,
  filtersByCategory: true,
  delayMs: 0,
  startsMachines: true,
  needsSystem: false,
  repeatsInherited: false,
  text: { ...usualText, showsWholeCategories: true, absoluteLinks: true, absoluteLocations: true },
  jsonSaysAll: true,
};

/** OCCI 1.2 and no infrastructure: what has to be, said in as few words as possible. */
export const terse: Choices = {
  ...generous,
  categories: queuesAlone,
  versions: ['1.2'],
  server: 'OCCI/1.2',
  prefix: '',
  hasWellKnownPath: false,
  fallback: 'application/occi+json',
  placeOf: (n) => `/~q${n}`,
  idOf: (n) => `urn:example:thing:${n}`,
  creation: 'location',
  change: 'location',
  deletion: 204,
  showsActed: false,
  gone: 410,
  inapplicable: 409,
  errorsHaveBodies: false,
  isChunked: false,
  takesMixins: false,
  takesIds: false,
  takesManyAtOnce: false,
  refusesServerOwned: true,
  listsPaths: false,
  firstPage: 0,
  largestPage: Number.POSITIVE_INFINITY,
  filtersRelated: true,
  filtersByCategory: false,
  startsMachines: false,
  repeatsInherited: true,
  text: {
    ...usualText,
    fieldName: (name) => name.toLowerCase(),
    separator: ';',
    quotesClass: false,
    linksTell: 'self',
    comma: ',',
    forgivesQuotes: false,
  },
  jsonSaysAll: false,
};

/** OCCI 1.1 as it was: text alone, machines and networks, and all in its own time. */
export const old: Choices = {
  ...generous,
  categories: machinesAndNetworks,
  versions: ['1.1'],
  server: 'nimbus OCCI/1.1',
  prefix: '/occi1.1',
  hasJson: false,
  placeOf: (n) => `/vm_${n}`,
  creation: 'location',
  deletion: 200,
  showsActed: false,
  gone: 410,
  inapplicable: 400,
  errorsHaveBodies: false,
  isChunked: false,
  emptyCollection: 200,
  takesPaths: false,
  takesIds: false,
  replacesSystems: false,
  delayMs: 60,
  startsMachines: false,
  needsSystem: true,
  repeatsInherited: true,
  text: { ...usualText, separator: ' ; ', linksTell: 'target', comma: undefined },
};

/** The same with the rendering of what is new in place of its location, and nothing else that says where it is. */
export const showing: Choices = { ...terse, creation: 'rendering', change: 'rendering', takesMixins: true };
