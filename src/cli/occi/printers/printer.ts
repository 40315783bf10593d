import type { Catalogue, Offer, Quota, RemoteEntity } from '../../../client/index.ts';
import type { Page } from '../table.ts';

/** What a printer has at hand. */
export interface Surroundings {
  readonly catalogue: Catalogue;
  readonly page: Page;
}

/** One way to write results, without the last line feed; nothing at all when empty. */
export interface Printer {
  /** Whether a listing needs no more than where its members are. */
  readonly isContentWithUrls: boolean;
  /** Whether of a new entity all is shown, and not only where it is. */
  readonly isCuriousAboutNew: boolean;
  /** Where entities are: those that were made, deleted, tagged, or listed. */
  urls(urls: readonly string[]): string;
  /** Entities in brief. */
  list(entities: readonly RemoteEntity[], surroundings: Surroundings): string;
  /** Entities in full. */
  describe(entities: readonly RemoteEntity[], surroundings: Surroundings): string;
  /** The one entity that was asked for. */
  entity(entity: RemoteEntity, surroundings: Surroundings): string;
  /** Categories in brief. */
  model(offers: readonly Offer[], surroundings: Surroundings): string;
  /** A category in full. */
  category(offer: Offer, surroundings: Surroundings): string;
  /** What may be used, and is. */
  quotas(quotas: readonly Quota[], surroundings: Surroundings): string;
}
