import { type CategoryDetails, detailsOf } from '../category-details.ts';
import type { Printer } from './printer.ts';

/** JSON for programs: what the client library has, see `docs/occi.md`. */
export const jsonPrinter: Printer = {
  isContentWithUrls: false,
  isCuriousAboutNew: true,
  urls: json,
  list: json,
  describe: json,
  entity: json,
  model: (offers, { catalogue }) => json(offers.map((offer): CategoryDetails => detailsOf(offer, catalogue))),
  category: (offer, { catalogue }) => json(detailsOf(offer, catalogue)),
  quotas: json,
};

function json(value: unknown): string {
  return JSON.stringify(value, undefined, 2);
}
