import { type Content, emptyContent } from '../occi/draft.ts';
import { mediaTypesIn } from '../renderers/media-types.ts';
import { occiJson } from '../renderers/occi-json.ts';
import type { Payload, Renderer } from '../renderers/renderer.ts';
import { textPlain } from '../renderers/text-plain.ts';
import { uriList } from '../renderers/uri-list.ts';
import { ClientError } from './client-error.ts';
import { type Exchange, field } from './exchange.ts';
import { inHeaders } from './rendering.ts';

/**
 * What an answer says, whatever the server calls its rendering: deployed servers send text without a Content-Type, or
 * with that of another rendering, and the renderings are easily told apart.
 *
 * @throws ClientError `unreadable` when it is JSON, and is not
 */
export function contentIn(exchange: Exchange): Content {
  const { headers, body } = exchange.response;
  const charset = mediaTypesIn(field(headers, 'content-type') ?? '')[0]?.parameters['charset']?.toLowerCase();
  const payload: Payload = {
    header: (name) => field(headers, name) ?? field(headers, `X-OCCI-${name}`),
    body,
    lenient: true,
    ...(charset === 'iso-8859-1' ? { charset } : {}),
  };
  const renderer = rendererOf(new TextDecoder().decode(body).trim());
  try {
    const content = renderer?.parse(payload) ?? emptyContent;
    if (content !== emptyContent && content.drafts.length + content.locations.length > 0) return content;
    return hasOcciFields(payload) ? inHeaders.parse(payload) : content;
  } catch (cause) {
    const { method, url } = exchange.request;
    const problem = `the answer to ${method} ${url} cannot be read: ${(cause as Error).message}`;
    throw new ClientError('unreadable', problem, { advice: 'try another rendering', exchange }, { cause });
  }
}

const fieldLine = /^[ \t]*(?:category|link|location|x-occi-[a-z]+)[ \t]*:/im;
const reference = /^(?:https?:\/\/|\/)\S+$/i;

/** By the looks of the body; undefined for one that says nothing. */
function rendererOf(text: string): Renderer | undefined {
  if (/^[[{]/.test(text)) return occiJson;
  if (fieldLine.test(text)) return textPlain;
  return text.split(/[\r\n]+/).every((line) => reference.test(line) || line.startsWith('#')) ? uriList : undefined;
}

/** Link alone is no sign: that is where pages are linked to each other. */
function hasOcciFields({ header }: Payload): boolean {
  return ['Category', 'X-OCCI-Attribute', 'X-OCCI-Location'].some((name) => header(name) !== undefined);
}

/** Where the server says something is, in the order in which it is to be believed. */
export function locationsIn({ response }: Exchange, content: Content): readonly string[] {
  const own = field(response.headers, 'location');
  return [...(own === undefined || own === '' ? [] : [own]), ...content.locations];
}
