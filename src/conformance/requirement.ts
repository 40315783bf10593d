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
  /** The capability of CDMI that promises it; who does not advertise that need not do it. */
  readonly capability?: string;
  /** Why the gateway does not offer what the document leaves to servers. Never counted as proven. */
  readonly notOffered?: string;
}

/** The documents of OCCI, in the order in which they build on each other. */
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

/** The documents of CDMI, of which no check knows. */
export const cdmiDocuments: Readonly<Record<string, string>> = {
  'CDMI 1.0.2': 'Cloud Data Management Interface 1.0.2, and 1.1.1 (ISO/IEC 17826:2016)',
  'CDMI 1.1.1': 'Cloud Data Management Interface 1.1.1: what is new',
};

/** `spec/` is beside `src/`, in the repository and in the build output. */
const directory = new URL('../../spec/requirements/', import.meta.url);

/** The requirements of some documents, those of OCCI when nothing is said, in the order of their files. */
export function readRequirements(of: Readonly<Record<string, string>> = documents): readonly Requirement[] {
  return readdirSync(directory)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .flatMap((name) => JSON.parse(readFileSync(new URL(name, directory), 'utf8')) as readonly Requirement[])
    .filter(({ document }) => Object.hasOwn(of, document));
}

/** The ids of the requirements that say the same as one. */
export function sameAs({ sameAs: same }: Requirement): readonly string[] {
  return same === undefined ? [] : [same].flat();
}
