import type { CapabilitiesTree, Capable } from './capabilities.ts';
import type { Selectors } from './selectors.ts';

/** The capability by which a field is read, and the one by which a range of it is (ISO/IEC 17826 §12.1). */
interface Reading {
  readonly whole: string;
  readonly range?: string;
}

const value: Reading = { whole: 'cdmi_read_value', range: 'cdmi_read_value_range' };
const children: Reading = { whole: 'cdmi_list_children', range: 'cdmi_list_children_range' };
const metadata: Reading = { whole: 'cdmi_read_metadata' };

const readings: Readonly<Record<string, Reading>> = {
  value,
  values: { whole: value.whole },
  children,
  childrenrange: children,
  metadata,
};

/**
 * Lets fields be read that a request names.
 *
 * @throws OcciError `invalid-request` for what is not advertised
 */
export function requireFields(capabilities: CapabilitiesTree, kind: Capable, selectors: Selectors): void {
  for (const { field, part } of selectors) {
    const reading = readingOf(field);
    if (reading === undefined) continue;
    capabilities.require(reading.whole, kind);
    // Queues have one capability for both.
    if (part !== undefined && reading.range !== undefined && kind !== 'queue')
      capabilities.require(reading.range, kind);
  }
}

/** Whether a field is shown to who names none. */
export function isOffered(capabilities: CapabilitiesTree, kind: Capable, field: string): boolean {
  const reading = readingOf(field);
  return reading === undefined || capabilities.has(reading.whole, kind);
}

function readingOf(field: string): Reading | undefined {
  return Object.hasOwn(readings, field) ? readings[field] : undefined;
}
