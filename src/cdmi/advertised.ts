import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { Advertised } from './capabilities.ts';
import type { MetadataLimits } from './metadata/limits.ts';

const schema = z.record(
  z.string().regex(/^cdmi_capabilities\/(?:[a-z_]+\/)*$/),
  z.record(z.string().regex(/^cdmi_/), z.union([z.string(), z.array(z.string())])),
);

/** What this server can do, and the limits of what it takes (ISO/IEC 17826 §12.1.1). */
export function readAdvertised({ items, itemBytes, totalBytes }: MetadataLimits): Advertised {
  const file = new URL('../../spec/cdmi/capabilities.json', import.meta.url);
  const advertised = schema.parse(JSON.parse(readFileSync(file, 'utf8')));
  const limits = {
    cdmi_metadata_maxitems: String(items),
    cdmi_metadata_maxsize: String(itemBytes),
    cdmi_metadata_maxtotalsize: String(totalBytes),
  };
  const root = 'cdmi_capabilities/';
  return { ...advertised, [root]: { ...advertised[root], ...limits } };
}
