import type { Catalogue, Offer } from '../../client/index.ts';

/** What somebody has typed as URL or path: the first slash may be missing. Names of categories stay what they are. */
export function reference(catalogue: Catalogue, word: string): string {
  const isPlain = word.includes('/') && !/^(?:\/|https?:)/i.test(word);
  return isPlain && catalogue.find(word) === undefined ? `/${word}` : word;
}

/** The category that somebody has typed, if it is one: `compute`, `/compute/`, `compute/`. */
export function categoryNamed(catalogue: Catalogue, word: string): Offer | undefined {
  return catalogue.find(reference(catalogue, word));
}
