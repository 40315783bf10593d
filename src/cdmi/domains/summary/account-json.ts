import type { JsonObject } from '../../object.ts';
import type { Account } from './account.ts';
import type { Scale } from './period.ts';

/** An account as the record keeps it: what is beyond doubles is in strings. */
export function toJson({ objectTime, byteTime, counts, load, least, most, ...rest }: Account): JsonObject {
  return {
    ...rest,
    load: { ...load },
    least: { ...least },
    most: { ...most },
    objectTime: String(objectTime),
    byteTime: String(byteTime),
    counts: Object.fromEntries(Object.entries(counts).map(([name, amount]) => [name, String(amount)])),
  };
}

/** The form that {@link toJson} has written. */
interface Kept extends Omit<Account, 'objectTime' | 'byteTime' | 'counts' | 'scale'> {
  readonly scale: Scale;
  readonly objectTime: string;
  readonly byteTime: string;
  readonly counts: Readonly<Record<keyof Account['counts'], string>>;
}

/** What was kept. */
export function fromJson(json: JsonObject): Account {
  // Nobody but `toJson` has written it.
  const { objectTime, byteTime, counts, ...rest } = json as unknown as Kept;
  return {
    ...rest,
    objectTime: BigInt(objectTime),
    byteTime: BigInt(byteTime),
    counts: {
      puts: BigInt(counts.puts),
      gets: BigInt(counts.gets),
      writes: BigInt(counts.writes),
      reads: BigInt(counts.reads),
    },
  };
}
