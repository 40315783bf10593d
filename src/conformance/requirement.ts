import { readdirSync, readFileSync } from 'node:fs';

/** A normative requirement in our own words. */
export interface Requirement {
  readonly id: string;
  /** `GFD.223`, or `interoperability` for what no document says and everybody needs. */
  readonly document: string;
  readonly section?: string;
  readonly level: 'MUST' | 'SHOULD' | 'MAY' | 'practice';
  readonly actor: 'server' | 'client' | 'designer';
  readonly text: string;
  /** The requirements that say the same; what proves all of them proves this one. */
  readonly sameAs?: string | readonly string[];
  /** Its time comes with a later version of the gateway; `note` says why. */
  readonly planned?: boolean;
  readonly note?: string;
  /** Where the gateway chose not to do quite what the document says. Never counted as proven. */
  readonly differs?: string;
}

/** The documents, in the order in which they build on each other. */
export const documents: Readonly<Record<string, string>> = {
  'GFD.221': 'Core 1.2',
  'GFD.223': 'HTTP Protocol 1.2',
  'GFD.229': 'Text Rendering 1.2',
  'GFD.226': 'JSON Rendering 1.2',
  'GFD.224': 'Infrastructure 1.2',
  'GFD.222': 'Compute Resource Templates Profile 1.1',
  'GFD.183': 'Core 1.1',
  'GFD.185': 'HTTP Rendering 1.1',
  interoperability: 'Practice that no document states',
};

/** `spec/` is beside `src/`, in the repository and in the build output. */
const directory = new URL('../../spec/requirements/', import.meta.url);

/** All requirements, in the order of their files. */
export function readRequirements(): readonly Requirement[] {
  return readdirSync(directory)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .flatMap((name) => JSON.parse(readFileSync(new URL(name, directory), 'utf8')) as readonly Requirement[]);
}

/** The ids of the requirements that say the same as one. */
export function sameAs({ sameAs: same }: Requirement): readonly string[] {
  return same === undefined ? [] : [same].flat();
}
