import type { IncomingMessage } from 'node:http';
import { OcciError } from '../../occi/errors.ts';
import { refuseEncoding } from '../call.ts';
import type { Incoming } from '../incoming.ts';
import { markUploading } from '../uploads.ts';
import type { CdmiCall } from './cdmi-call.ts';

/** Whether a request says that it has a body. */
export function hasBody(incoming: Incoming): boolean {
  const length = incoming.header('content-length');
  return length === undefined ? incoming.header('transfer-encoding') !== undefined : Number(length) > 0;
}

/** Whether more is to come (ISO/IEC 17826 §6.2.3). */
export function isPartial(incoming: Incoming): boolean {
  return incoming.header('x-cdmi-partial')?.trim().toLowerCase() === 'true';
}

/**
 * The body of a request as it comes. It may take as long as it likes, as long as something comes.
 *
 * @throws OcciError `unsupported-media-type`, `too-large`; while it is read, also `invalid-request` when it ends too early
 */
export function uploaded({ incoming, session }: CdmiCall): AsyncIterable<Uint8Array> {
  const limit = session.limits.valueBytes;
  refuseEncoding(incoming);
  if (Number(incoming.header('content-length') ?? 0) > limit) throw tooLarge(limit);
  if (!hasBody(incoming) && incoming.message !== undefined) return nothing();
  const { message } = incoming;
  return bounded(message === undefined ? (incoming.body ?? nothing()) : received(message), limit);
}

async function* bounded(source: AsyncIterable<Uint8Array>, limit: number): AsyncIterable<Uint8Array> {
  let size = 0;
  for await (const bytes of source) {
    size += bytes.length;
    if (size > limit) throw tooLarge(limit);
    yield bytes;
  }
}

async function* received(message: IncomingMessage): AsyncIterable<Uint8Array> {
  const done = markUploading(message);
  try {
    // Whoever stops reading wants to answer, so the connection has to stay.
    yield* message.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>;
  } catch (cause) {
    if (message.socket.destroyed)
      throw new OcciError('invalid-request', 'the connection ended before the body did', {}, { cause });
    throw cause;
  } finally {
    done();
  }
}

async function* nothing(): AsyncIterable<Uint8Array> {}

function tooLarge(limit: number): OcciError {
  return new OcciError('too-large', `a value must not exceed ${limit} bytes`);
}
