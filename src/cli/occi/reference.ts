import type { Catalogue } from '../../client/index.ts';

/** What somebody has typed as URL or path: the first slash may be missing. Names of categories stay what they are. */
export function reference(catalogue: Catalogue, word: string): string {
  const isPlain = word.includes('/') && !/^(?:\/|https?:)/i.test(word);
  return isPlain && catalogue.find(word) === undefined ? `/${word}` : word;
}
