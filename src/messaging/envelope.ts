import { z } from 'zod';
import { isCompatible } from './interface-version.ts';

/** The version of the envelope that is written; a lower minor version of the same major one is understood, too. */
const version = '2.0';

const envelope = z.object({ 'oslo.version': z.string(), 'oslo.message': z.string() });
const message = z.custom<Readonly<Record<string, unknown>>>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
);

/** A message as it is inside the envelope. */
export type Message = z.infer<typeof message>;

/** Bytes from the bus that are no message. */
export class MalformedMessage extends Error {
  override readonly name = 'MalformedMessage';
}

/** Puts a message into the envelope of oslo.messaging 2.0: as a JSON string inside JSON. */
export function seal(inner: object): Buffer {
  return Buffer.from(JSON.stringify({ 'oslo.version': version, 'oslo.message': JSON.stringify(inner) }));
}

/**
 * Takes a message out of its envelope. One without an envelope, as oslo.messaging 1.0 wrote them, is taken as it is.
 *
 * @param contentType `application/json`, or it is not read at all, as with kombu
 * @throws MalformedMessage
 */
export function unseal(content: Buffer, contentType: unknown): Message {
  if (contentType !== 'application/json') throw new MalformedMessage(`the content type is ${String(contentType)}`);
  const outer = parse(content.toString('utf8'), 'the body');
  if (!('oslo.version' in outer && 'oslo.message' in outer)) return outer;
  const sealed = envelope.safeParse(outer);
  if (!sealed.success) throw new MalformedMessage(`the envelope makes no sense: ${z.prettifyError(sealed.error)}`);
  if (!isCompatible(version, sealed.data['oslo.version'])) {
    throw new MalformedMessage(`the envelope is of version ${sealed.data['oslo.version']}, not ${version}`);
  }
  return parse(sealed.data['oslo.message'], 'the message');
}

function parse(text: string, what: string): Message {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new MalformedMessage(`${what} is not JSON: ${(error as Error).message}`, { cause: error });
  }
  const parsed = message.safeParse(value);
  if (!parsed.success) throw new MalformedMessage(`${what} is not a JSON object`);
  return parsed.data;
}
