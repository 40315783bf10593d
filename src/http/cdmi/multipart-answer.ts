import { randomUUID } from 'node:crypto';
import type { Value } from '../../cdmi/values/value.ts';
import { sizeOf } from '../../cdmi/values/value.ts';
import type { CdmiCall } from './cdmi-call.ts';
import { send } from './send.ts';

/** A part of an answer. */
export interface AnswerPart {
  readonly headers: Readonly<Record<string, string>>;
  /** What it is: text, or a value, perhaps a part of one. */
  readonly body: string | Value;
}

/** Sends several things in one body (RFC 2046 §5.1), as they come. @param type `multipart/…` */
export function sendMultipart(
  call: CdmiCall,
  status: number,
  type: string,
  parts: readonly AnswerPart[],
): Promise<Response> {
  const boundary = randomUUID();
  call.headers['content-type'] = `${type}; boundary=${boundary}`;
  const heads = parts.map(({ headers }, index) => {
    const fields = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    return Buffer.from(`${index === 0 ? '' : '\r\n'}--${boundary}\r\n${fields.join('')}\r\n`);
  });
  const end = Buffer.from(`\r\n--${boundary}--\r\n`);
  const { reader } = call.session;
  const bytes = async function* () {
    // What comes last may be removed while the first is sent.
    const release = reader.hold(parts.flatMap(({ body }) => (typeof body === 'string' ? [] : body)));
    try {
      for (const [index, { body }] of parts.entries()) {
        yield heads[index] as Uint8Array;
        if (typeof body === 'string') yield Buffer.from(body);
        else yield* reader.read(body, 0, sizeOf(body));
      }
      yield end;
    } finally {
      release();
    }
  };
  const sizes = parts.map(({ body }) => (typeof body === 'string' ? Buffer.byteLength(body) : sizeOf(body)));
  const length = [...heads.map((head) => head.length), ...sizes].reduce((sum, size) => sum + size, end.length);
  return send(call, { status, length, bytes: bytes() });
}
