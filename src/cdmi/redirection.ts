import { invalid } from './refusals.ts';
import type { Root } from './session.ts';

/**
 * Thrown where a request has come to a reference: what it wants is to be done elsewhere (ISO/IEC 17826 §5.16). It is no
 * error, and ends a use case all the same, wherever that has found the reference.
 */
export class Redirection extends Error {
  override readonly name = 'Redirection';
  /** The URI that the reference leads to, as it was given. */
  readonly target: string;

  constructor(target: string) {
    super('this is a reference');
    this.target = target;
  }
}

/**
 * The absolute URI that a reference leads to. It is resolved against the root URI; names in it need not be escaped.
 *
 * @throws OcciError `invalid-request` for what is no URI of HTTP
 */
export function destination({ origin, path }: Root, target: string): string {
  const escaped = target
    .replace(/%(?![0-9A-Fa-f]{2})/g, '%25')
    .replaceAll('#', '%23')
    .replaceAll('\\', '%5C');
  // Clients that take the root for `/` are understood.
  const isBelowOther = /^\/(?!\/)/.test(escaped) && !`${escaped}/`.startsWith(path);
  const from = isBelowOther ? path + escaped.slice(1) : escaped;
  const base = origin + path;
  const uri = URL.canParse(from, base) ? new URL(from, base) : undefined;
  if (uri !== undefined && /^https?:$/.test(uri.protocol) && uri.href.length <= longest) return uri.href;
  throw invalid(`a reference leads to a URI of HTTP of at most ${longest} characters`, target);
}

/** Characters: it is sent in a header field, beside others. */
const longest = 4096;
