import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { Advertised } from './capabilities.ts';
import type { MetadataLimits } from './metadata/limits.ts';

const schema = z.record(
  z.string().regex(/^cdmi_capabilities\/(?:[a-z_]+\/)*$/),
  z.record(z.string().regex(/^cdmi_/), z.union([z.string(), z.array(z.string())])),
);

/** What it depends on. */
export interface AdvertisedOptions {
  readonly limits: MetadataLimits;
  /** Whether there are domains. */
  readonly domains: boolean;
}

/** What this server can do, and the limits of what it takes (ISO/IEC 17826 §12.1.1). */
export function readAdvertised({ limits: { items, itemBytes, totalBytes }, domains }: AdvertisedOptions): Advertised {
  const file = new URL('../../spec/cdmi/capabilities.json', import.meta.url);
  const all = schema.parse(JSON.parse(readFileSync(file, 'utf8')));
  const advertised = domains ? all : withoutDomains(all);
  const limits = {
    cdmi_metadata_maxitems: String(items),
    cdmi_metadata_maxsize: String(itemBytes),
    cdmi_metadata_maxtotalsize: String(totalBytes),
  };
  const root = 'cdmi_capabilities/';
  return { ...advertised, [root]: { ...advertised[root], ...limits } };
}

function withoutDomains(all: Advertised): Advertised {
  const paths = Object.entries(all).filter(([path]) => path !== 'cdmi_capabilities/domain/');
  return Object.fromEntries(
    paths.map(([path, capabilities]) => [
      path,
      Object.fromEntries(Object.entries(capabilities).filter(([name]) => !/_domains?(?:_|$)/.test(name))),
    ]),
  );
}
