import { z } from 'zod';

/** Where a place for values keeps who uses them: beside them, and not in any backup. */
export interface ClaimPlace {
  /** What it is, for people: `the file /var/lib/occi/cdmi/claim`. */
  readonly name: string;
  /** @returns nothing where there is none */
  read(): Promise<string | undefined>;
  /** Replaces what is there, wholly and durably. */
  write(text: string): Promise<void>;
}

/** Who uses values. */
export interface Claimant {
  /** The identity of the record that refers to them; a copy of it has the same. */
  readonly record: string;
  /** Where that record is, which a copy of it is not; see `src/store/seat.ts`. */
  readonly seat: string;
  /** The same, for people. */
  readonly where: string;
}

const claimed = z.object({ record: z.string(), seat: z.string(), where: z.string(), since: z.string() });

/** Somebody else uses the values. */
export class ValuesClaimed extends Error {
  override readonly name = 'ValuesClaimed';
}

/**
 * Says that values belong to one record, and to one copy of that only: what this one does not refer to is removed, and
 * another may need it. Several gateways that share a record share its claim.
 */
export class Claim {
  readonly #place: ClaimPlace;
  readonly #claimant: Claimant;

  constructor(place: ClaimPlace, claimant: Claimant) {
    this.#place = place;
    this.#claimant = claimant;
  }

  /**
   * Makes sure of it; whoever is the first may have them.
   *
   * @throws ValuesClaimed when somebody else has them, with the way out
   * @throws StoreUnavailable when nobody can be asked
   */
  async assert(): Promise<void> {
    const text = await this.#place.read();
    if (text === undefined) {
      const since = new Date().toISOString();
      await this.#place.write(`${JSON.stringify({ ...this.#claimant, since })}\n`);
    }
    // Another may have been the first at the same moment.
    this.#compare(text ?? (await this.#place.read()) ?? '');
  }

  #compare(text: string): void {
    const { name } = this.#place;
    const { record, seat } = this.#claimant;
    const found = read(text);
    if (found?.record === record && found.seat === seat) return;
    const who = found === undefined ? 'somebody, but nobody knows whom' : descriptionOf(found, record);
    throw new ValuesClaimed(
      `the values of CDMI belong to ${who}, says ${name}: ` +
        'use another place, with copies of the values that are needed; ' +
        `or, when nobody else needs them any more, remove ${name}`,
    );
  }
}

function read(text: string): z.infer<typeof claimed> | undefined {
  try {
    return claimed.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function descriptionOf({ record, where, since }: z.infer<typeof claimed>, own: string): string {
  return `${record === own ? 'another copy of this record' : 'another record'}, the one in ${where}, since ${since}`;
}
