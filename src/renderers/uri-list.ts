import { OcciError } from '../occi/errors.ts';
import { absolute } from '../occi/name-space.ts';
import { bodyText } from './body-text.ts';
import { pieces } from './pieces.ts';
import { problemLine } from './problem-line.ts';
import type { Renderer } from './renderer.ts';

const mediaType = 'text/uri-list';
const reference = /^(?:[a-z][a-z0-9+.-]*:|\/)/i;

/** text/uri-list (GFD.229 §8): listings of entities, one URL a line. Line ends as in text/plain, see decision 4. */
export const uriList: Renderer = {
  mediaTypes: [mediaType],
  listingOnly: true,

  parse(payload) {
    const locations = bodyText(payload)
      .split(/[\r\n]+/)
      .map((line) => line.trim())
      .filter((line) => line !== '' && !line.startsWith('#') && !(payload.lenient === true && !reference.test(line)));
    return { drafts: [], locations, plural: false };
  },

  request({ drafts, locations }) {
    return drafts.length > 0 ? notAListing() : { contentType: mediaType, body: locations.join('\n') };
  },

  entity: notAListing,
  created: notAListing,
  categories: notAListing,
  mixins: notAListing,
  done: notAListing,

  collection: async (collection, { space }) => ({
    contentType: mediaType,
    body: await pieces(collection.locations(), (location) => absolute(space, location), '\n'),
  }),

  error: (problem) => ({ contentType: 'text/plain; charset=utf-8', body: problemLine(problem) }),
};

function notAListing(): never {
  throw new OcciError('not-a-listing', 'text/uri-list can only be used for listings');
}
