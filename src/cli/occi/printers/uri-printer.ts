import type { Printer } from './printer.ts';

/** One URL a line, for scripts; of categories, the type identifier. */
export const uriPrinter: Printer = {
  isContentWithUrls: true,
  isCuriousAboutNew: false,
  urls: (urls) => urls.join('\n'),
  list: (entities) => entities.map(({ url }) => url).join('\n'),
  describe: (entities) => entities.map(({ url }) => url).join('\n'),
  entity: ({ url }) => url,
  model: (offers) => offers.map(({ id }) => id).join('\n'),
  category: ({ id }) => id,
  quotas: (quotas) => quotas.map(({ name }) => name).join('\n'),
};
