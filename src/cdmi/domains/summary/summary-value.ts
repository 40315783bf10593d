import { writeTime } from '../../metadata/time.ts';
import type { JsonObject } from '../../object.ts';
import { type Account, elapse } from './account.ts';

/**
 * What an account says at some time, as ISO/IEC 17826 §10 writes it: decimals in strings. `charge` and `kwhours` are
 * known to nobody here. What there was in the end is not of
 * the standard.
 *
 * @param domainURI of the domain
 * @param now in milliseconds since 1970
 */
export function summaryOf(account: Account, domainURI: string, now: number): JsonObject {
  const { from, at, objectTime, byteTime, load, least, most, counts } = elapse(account, now);
  const passed = BigInt(at - from);
  return {
    cdmi_domainURI: domainURI,
    cdmi_summary_start: writeTime(from * 1000),
    cdmi_summary_end: writeTime(at * 1000),
    cdmi_summary_objecthours: quotient(objectTime, hour),
    cdmi_summary_objectsmin: String(least.count),
    cdmi_summary_objectsmax: String(most.count),
    cdmi_summary_objectsaverage: passed === 0n ? String(load.count) : quotient(objectTime, passed),
    cdmi_summary_puts: String(counts.puts),
    cdmi_summary_gets: String(counts.gets),
    cdmi_summary_bytehours: quotient(byteTime, hour),
    cdmi_summary_bytesmin: String(least.size),
    cdmi_summary_bytesmax: String(most.size),
    cdmi_summary_bytesaverage: passed === 0n ? String(load.size) : quotient(byteTime, passed),
    cdmi_summary_writes: String(counts.writes),
    cdmi_summary_reads: String(counts.reads),
    objects: String(load.count),
    bytes: String(load.size),
  };
}

/** In milliseconds. */
const hour = 3_600_000n;

/** What one number is of another, with at most three decimals, which are not rounded up. */
function quotient(of: bigint, by: bigint): string {
  const thousandths = (of * 1000n) / by;
  const rest = String(thousandths % 1000n)
    .padStart(3, '0')
    .replace(/0+$/, '');
  return rest === '' ? String(thousandths / 1000n) : `${thousandths / 1000n}.${rest}`;
}
