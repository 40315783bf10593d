import { quoteToken } from '../occi/errors.ts';
import type { Problem } from './renderer.ts';

/** An error as one line of text that no client takes for an OCCI statement. */
export function problemLine({ error }: Problem): string {
  const { position, token } = error.details;
  const message = error.message.replace(/\s+/g, ' ');
  if (position === undefined) return message;
  const where = position.field === undefined ? `line ${position.line}` : `header ${position.field}`;
  const near = token === undefined || token === '' ? '' : `, near ${quoteToken(token)}`;
  return `${message} (${where}, column ${position.column}${near})`;
}
