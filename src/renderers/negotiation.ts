import { OcciError, quoteToken } from '../occi/errors.ts';
import { mediaTypesIn } from './media-types.ts';
import type { Renderer } from './renderer.ts';

/** A renderer, and the name it is to use. */
export interface Chosen {
  readonly renderer: Renderer;
  readonly mediaType: string;
}

/** One element of an Accept header. */
interface Range {
  readonly type: string;
  readonly quality: number;
}

/**
 * Chooses the rendering of a response (RFC 9110 §12.5.1, GFD.185 §3.6.6). Without a wish it is text/plain, the first
 * renderer; on equal terms what stands first in the header wins. text/uri-list has to be asked for by name, and for
 * anything but a listing it is a mistake of the client (GFD.229 §8), unless there is an alternative.
 */
export function negotiate(accept: string | undefined, renderers: readonly Renderer[], listing: boolean): Negotiated {
  const ranges = rangesOf(accept ?? '');
  const [fallback] = renderers;
  if (ranges.length === 0 && fallback !== undefined) return { renderer: fallback, mediaType: fallback.mediaTypes[0] };
  const candidates = renderers.flatMap((renderer) =>
    renderer.mediaTypes.map((mediaType, index) => ({ renderer, mediaType, ...weigh(mediaType, index, ranges) })),
  );
  const acceptable = candidates
    .filter(({ quality, specificity, renderer }) => quality > 0 && (specificity === 2 || !renderer.listingOnly))
    // Sorting is stable: on equal terms the order of the renderers decides.
    .sort((a, b) => b.quality - a.quality || a.place - b.place);
  const best = acceptable.find(({ renderer }) => listing || !renderer.listingOnly);
  if (best !== undefined) return { renderer: best.renderer, mediaType: best.mediaType };
  return acceptable.length > 0 ? 'not-a-listing' : 'not-acceptable';
}

/** What a negotiation comes to. */
export type Negotiated = Chosen | 'not-a-listing' | 'not-acceptable';

/** How many different headers are remembered; they are the clients' choice, so there has to be an end. */
const mostRemembered = 500;

/** {@link negotiate} with a memory: clients send the same few headers again and again. */
export function negotiator(
  renderers: readonly Renderer[],
): (accept: string | undefined, listing: boolean) => Negotiated {
  const known = { listing: new Map<string, Negotiated>(), other: new Map<string, Negotiated>() };
  return (accept = '', listing) => {
    const memory = listing ? known.listing : known.other;
    let negotiated = memory.get(accept);
    if (negotiated === undefined) {
      negotiated = negotiate(accept, renderers, listing);
      if (memory.size >= mostRemembered) memory.clear();
      memory.set(accept, negotiated);
    }
    return negotiated;
  };
}

/** How much a media type is wanted: by the most specific range that fits it. */
function weigh(mediaType: string, index: number, ranges: readonly Range[]) {
  const group = `${mediaType.slice(0, mediaType.indexOf('/'))}/*`;
  let found = { quality: 0, specificity: -1, place: 0 };
  for (const [place, { type, quality }] of ranges.entries()) {
    const specificity = type === mediaType ? 2 : type === group ? 1 : type === '*/*' || type === '*' ? 0 : -1;
    // A wildcard asks for a format, and other names of it are no formats of their own.
    if (specificity >= 0 && specificity < 2 && index > 0) continue;
    if (specificity > found.specificity) found = { quality, specificity, place };
  }
  return found;
}

/** Elements that are no types do not count; those without a readable quality count fully: they are meant. */
function rangesOf(accept: string): readonly Range[] {
  return mediaTypesIn(accept)
    .filter(({ type }) => type.includes('/') || type === '*')
    .map(({ type, parameters }) => {
      const quality = parameters['q'] === undefined || parameters['q'] === '' ? 1 : Number(parameters['q']);
      return { type, quality: Number.isFinite(quality) ? Math.min(Math.max(quality, 0), 1) : 1 };
    });
}

/** What came with a request, besides its Content-Type. */
export interface Carried {
  readonly renderers: readonly Renderer[];
  readonly hasOcciHeaders: boolean;
  readonly hasBody: boolean;
}

/**
 * Chooses who reads a request. Deployed clients send lists (`text/plain,text/occi`), what curl adds by itself, or
 * nothing; the first known type counts, and without one the place where the rendering stands does.
 *
 * @throws OcciError `unsupported-media-type`
 */
export function requestRenderer(
  contentType: string | undefined,
  { renderers, hasOcciHeaders, hasBody }: Carried,
): { readonly renderer: Renderer; readonly charset?: string } {
  const inHeaders = named(renderers, 'text/occi');
  if (hasOcciHeaders && !hasBody && inHeaders !== undefined) return { renderer: inHeaders };
  for (const { type, parameters } of mediaTypesIn(contentType ?? '')) {
    const renderer = named(renderers, type);
    if (renderer === undefined) continue;
    const charset = parameters['charset']?.toLowerCase();
    return charset === undefined ? { renderer } : { renderer, charset };
  }
  const isSilent = contentType === undefined || /^(?:\s*|application\/x-www-form-urlencoded.*)$/i.test(contentType);
  const inBody = named(renderers, 'text/plain');
  if ((!hasBody || (isSilent && hasOcciHeaders)) && inHeaders !== undefined) return { renderer: inHeaders };
  if (isSilent && inBody !== undefined) return { renderer: inBody };
  const known = renderers.flatMap(({ mediaTypes }) => mediaTypes).join(', ');
  throw new OcciError('unsupported-media-type', `${quoteToken(contentType ?? '')} is not read here; send ${known}`, {
    token: contentType ?? '',
  });
}

function named(renderers: readonly Renderer[], type: string): Renderer | undefined {
  return renderers.find((renderer) => renderer.mediaTypes.includes(type));
}
