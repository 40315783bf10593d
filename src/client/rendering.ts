import type { Content } from '../occi/draft.ts';
import { occiJson } from '../renderers/occi-json.ts';
import type { Rendered, Renderer } from '../renderers/renderer.ts';
import { textOcci } from '../renderers/text-occi.ts';
import { textPlain } from '../renderers/text-plain.ts';
import { ClientError } from './client-error.ts';
import { type Fields, noBody } from './exchange.ts';

/** The media types in which a client can speak about everything. text/uri-list is used for lists besides. */
export const renderings = [
  'application/occi+json',
  'application/json',
  'text/plain',
  'text/occi+plain',
  'text/occi',
] as const;

/** One of {@link renderings}. */
export type Rendering = (typeof renderings)[number];

/** The text/occi of clients: most servers take some ten thousand bytes of header fields. */
export const inHeaders = textOcci({ maxHeaderBytes: 60_000 });

/** What a request says, ready to be sent. */
export interface Rendition {
  readonly headers: Fields;
  readonly body: Uint8Array;
}

/**
 * Renders a request.
 *
 * @throws ClientError `not-offered` when the rendering has no words for it
 */
export function rendition(content: Content, rendering: Rendering): Rendition {
  const { headers = {}, body } = rendered(content, rendering);
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : noBody;
  return { headers: [['Content-Type', contentType(rendering, bytes)], ...Object.entries(headers)], body: bytes };
}

/** A filter: always in header fields, whatever is spoken otherwise (GFD.223 §7). */
export function filterFields(content: Content): Fields {
  return rendition(content, 'text/occi').headers;
}

function rendered(content: Content, rendering: Rendering): Rendered {
  try {
    return rendererOf(rendering).request(content, rendering);
  } catch (cause) {
    throw new ClientError('not-offered', (cause as Error).message, { advice: 'try another rendering' }, { cause });
  }
}

function rendererOf(rendering: Rendering): Renderer {
  if (rendering === 'text/occi') return inHeaders;
  return rendering.startsWith('text/') ? textPlain : occiJson;
}

/** Some servers compare the whole field, so the charset is only named where it matters. */
function contentType(rendering: Rendering, body: Uint8Array): string {
  return rendering.startsWith('text/') && body.some((byte) => byte > 0x7f) ? `${rendering}; charset=utf-8` : rendering;
}
