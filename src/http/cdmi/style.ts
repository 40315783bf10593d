import { OcciError, quoteToken } from '../../occi/errors.ts';
import { mediaTypesIn } from '../../renderers/media-types.ts';
import type { Accept } from './accept.ts';
import type { CdmiCall } from './cdmi-call.ts';
import { type SpecificationVersion, versionHeader } from './specification-version.ts';
import { hasBody } from './upload.ts';

/** The types of objects that CDMI has media types for (RFC 6208). */
export const cdmiKinds = ['object', 'container', 'queue', 'domain', 'capability'] as const;
export type CdmiKind = (typeof cdmiKinds)[number];

/** How a request speaks: CDMI with JSON, CDMI with JSON and values side by side, or HTTP with nothing but the value. */
export type BodyStyle =
  | { readonly style: 'cdmi'; readonly kind: CdmiKind }
  | { readonly style: 'multipart'; readonly boundary: string }
  | { readonly style: 'plain'; readonly mimetype: string | undefined };

/** What the style of a request is told by. */
export interface Told {
  readonly contentType: string | undefined;
  readonly accept: Accept;
  readonly version: SpecificationVersion | undefined;
  /** Whether a body comes with it. */
  readonly hasBody: boolean;
}

/** The media type of a type of objects. */
export const typeOf = (kind: CdmiKind): string => `application/cdmi-${kind}`;

/** The type of objects that a media type is for; `+json` may be behind it (ISO/IEC 17826 §4.4.3). */
export function kindOf(mediaType: string): CdmiKind | undefined {
  return cdmiKinds.find((kind) => mediaType === typeOf(kind) || mediaType === `${typeOf(kind)}+json`);
}

/** How what comes with a request is to be read. @throws OcciError `invalid-request` where it cannot be told */
export function styleOf({ incoming, accept, version }: CdmiCall): BodyStyle {
  const contentType = incoming.header('content-type');
  return bodyStyle({ contentType, accept, version, hasBody: hasBody(incoming) });
}

/**
 * The same, by what tells it.
 *
 * @throws OcciError `invalid-request` where it cannot be told
 */
export function bodyStyle({ contentType, accept, version, hasBody }: Told): BodyStyle {
  const [mediaType] = mediaTypesIn(contentType ?? '');
  if (mediaType === undefined) {
    if (version === undefined) return { style: 'plain', mimetype: undefined };
    if (hasBody) throw new OcciError('invalid-request', 'a Content-Type is needed with a body in CDMI');
    // Clients make containers with nothing but an Accept.
    const kind = cdmiKinds.find((one) => accept.names(typeOf(one)));
    return kind === undefined ? { style: 'plain', mimetype: undefined } : { style: 'cdmi', kind };
  }
  const kind = kindOf(mediaType.type);
  if (kind !== undefined) {
    if (version !== undefined) return { style: 'cdmi', kind };
    throw new OcciError('invalid-request', `${mediaType.type} needs the header ${versionHeader}`);
  }
  if (mediaType.type === 'multipart/mixed' && version !== undefined) {
    const { boundary } = mediaType.parameters;
    if (boundary !== undefined && boundary !== '') return { style: 'multipart', boundary };
    throw new OcciError('invalid-request', 'multipart/mixed needs a boundary');
  }
  return { style: 'plain', mimetype: contentType };
}

/** How an answer is to be given: as JSON under some media type, as parts, or as the value itself. */
export type AnswerStyle =
  | { readonly style: 'cdmi'; readonly contentType: string }
  | { readonly style: 'multipart' }
  | { readonly style: 'plain' };

/** What is there to be read. */
export interface Readable {
  readonly kind: CdmiKind;
  /** That of its value, without parameters; undefined where there is none. */
  readonly mimetype?: string;
}

/**
 * Chooses how an object is shown. CDMI is spoken with who asks for it by name or by version; beside that, JSON is given
 * to who selects fields and takes JSON, as clients are known to do.
 *
 * @param selects whether fields are selected
 * @throws OcciError `not-acceptable`, `invalid-request`
 */
export function answerStyle(
  { kind, mimetype }: Readable,
  { accept, version, selects }: Pick<Told, 'accept' | 'version'> & { readonly selects: boolean },
): AnswerStyle {
  const named = [typeOf(kind), `${typeOf(kind)}+json`].find((type) => accept.names(type));
  const plain = mimetype === undefined ? 0 : accept.quality(mimetype);
  const json = accept.names('application/json');
  if (version === undefined) {
    if (json && (selects || mimetype === undefined)) return { style: 'cdmi', contentType: 'application/json' };
    if (plain > 0) return { style: 'plain' };
    if (cdmiKinds.some((one) => accept.names(typeOf(one)))) {
      throw new OcciError('invalid-request', `${typeOf(kind)} needs the header ${versionHeader}`);
    }
    // HTTP does not know what a container is like; what CDMI says of it can be read by anybody.
    if (mimetype === undefined && accept.quality('application/json') > 0) {
      return { style: 'cdmi', contentType: 'application/json' };
    }
    throw notAcceptable([mimetype ?? 'application/json', typeOf(kind)]);
  }
  if (named !== undefined && accept.quality(named) >= plain) return { style: 'cdmi', contentType: named };
  if (accept.names('multipart/mixed') && (kind === 'object' || kind === 'queue')) return { style: 'multipart' };
  if (mimetype !== undefined && accept.names(mimetype)) return { style: 'plain' };
  if (json) return { style: 'cdmi', contentType: 'application/json' };
  if (accept.quality(typeOf(kind)) > 0) return { style: 'cdmi', contentType: typeOf(kind) };
  if (plain > 0) return { style: 'plain' };
  throw notAcceptable([typeOf(kind), ...(mimetype === undefined ? [] : [mimetype])]);
}

/**
 * The media type of the answer to a request that makes something: JSON for whoever takes any.
 *
 * @throws OcciError `not-acceptable`, before anything is made
 */
export function answerType(kind: CdmiKind, accept: Accept): string {
  const types = [typeOf(kind), `${typeOf(kind)}+json`, 'application/json'];
  const type = types.find((one) => accept.names(one)) ?? types.find((one) => accept.quality(one) > 0);
  if (type === undefined) throw notAcceptable(types.slice(0, 1));
  return type;
}

function notAcceptable(available: readonly string[]): OcciError {
  const types = available.map(quoteToken).join(' or ');
  return new OcciError('not-acceptable', `none of what Accept names is available; ${types} would be`);
}
