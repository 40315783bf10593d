import type { Selection } from './selection.ts';

/** A selection that has a name, for those who speak of servers by it. */
export interface Profile {
  readonly meaning: string;
  readonly selection: Selection;
}

/** The names of profiles. */
export const profileNames = ['egi', 'wg', 'etsi'] as const;
export type ProfileName = (typeof profileNames)[number];

const inText = ['text/plain', 'text/occi'] as const;

/** What is looked at in each profile. */
export const profiles: Readonly<Record<ProfileName, Profile>> = {
  // A federation of clouds of different makes is used through clients that are deployed and stay so. Those (rOCCI-cli,
  // jOCCI) speak the text renderings in both versions, start machines from templates, and lean on what no document
  // says. None of them can read the JSON of OCCI 1.2.
  egi: {
    meaning: 'what the clients of the EGI Federated Cloud need: text renderings, templates, and common practice',
    selection: {
      documents: ['GFD.221', 'GFD.223', 'GFD.229', 'GFD.224', 'GFD.222', 'GFD.183', 'GFD.185', 'interoperability'],
      renderings: inText,
    },
  },
  // The OCCI working group of the OGF stands for its documents: all of them in all renderings, what they demand and
  // what they allow, but nothing that is only custom.
  wg: {
    meaning: 'what the documents of the OGF working group say, in both versions and all renderings',
    selection: { levels: ['MUST', 'SHOULD', 'MAY'] },
  },
  // The test descriptions of ETSI TS 103 142, written for plugtests in 2013 and carried out by pOCCI, are about a
  // client and a server of OCCI 1.1: there was no JSON, and header fields or lines of text were all there was.
  etsi: {
    meaning: 'what ETSI TS 103 142 describes tests of: OCCI 1.1 in the text renderings, MUST and SHOULD',
    selection: {
      documents: ['GFD.183', 'GFD.185'],
      versions: ['1.1'],
      renderings: inText,
      levels: ['MUST', 'SHOULD'],
    },
  },
};
