/**
 * The value of a data object: pieces of what was written, one after the other. Writing into the middle of a value adds
 * a piece; copying it copies this list. What the functions here return is as short as it can be: neighbours that are
 * one run of bytes are one piece.
 */
export type Value = readonly Piece[];

/** A run of bytes. */
export interface Piece {
  /** Which written value it is from; without it, its bytes are those of its text, or zero. */
  readonly key?: string;
  /** What nobody has written, because it is short: it stands here. */
  readonly text?: string;
  /** Where it begins there, in bytes; 0 for zeros. */
  readonly offset: number;
  /** In bytes; more than zero. */
  readonly length: number;
}

/** All of something that was written, as a value. */
export function whole({ key, size }: { readonly key: string; readonly size: number }): Value {
  return size === 0 ? [] : [{ key, offset: 0, length: size }];
}

/** A short text, as a value that is not written anywhere. */
export function ofText(text: string): Value {
  return text === '' ? [] : [{ text, offset: 0, length: Buffer.byteLength(text) }];
}

/** In bytes. */
export function sizeOf(value: Value): number {
  return value.reduce((size, { length }) => size + length, 0);
}

/** Which written values it is made of, each once. */
export function keysOf(value: Value): readonly string[] {
  return [...new Set(value.flatMap(({ key }) => key ?? []))];
}

/**
 * The bytes from `start` to the one before `end`, as far as there are any.
 *
 * @param start not below 0
 */
export function slice(value: Value, start: number, end: number): Value {
  const pieces: Piece[] = [];
  let position = 0;
  for (const piece of value) {
    const from = Math.max(start - position, 0);
    const to = Math.min(end - position, piece.length);
    if (from < to) pieces.push(partOf(piece, from, to));
    position += piece.length;
    if (position >= end) break;
  }
  return pieces;
}

/** One value after another. */
export function concat(...values: readonly Value[]): Value {
  const pieces: Piece[] = [];
  for (const piece of values.flat()) {
    const last = pieces.at(-1);
    if (last !== undefined && continues(last, piece))
      pieces.splice(-1, 1, { ...last, length: last.length + piece.length });
    else pieces.push(piece);
  }
  return pieces;
}

/**
 * A value with another written over it, which may reach beyond its end. What lies between the end and `offset` becomes
 * zeros (ISO/IEC 17826 §8.6).
 *
 * @param offset where the first byte of `written` goes; not below 0
 */
export function overwrite(value: Value, offset: number, written: Value): Value {
  const size = sizeOf(value);
  return concat(slice(value, 0, offset), zeros(offset - size), written, slice(value, offset + sizeOf(written), size));
}

/** So many zero bytes; none where there would be fewer. */
export function zeros(length: number): Value {
  return length > 0 ? [{ offset: 0, length }] : [];
}

function partOf(piece: Piece, from: number, to: number): Piece {
  if (isZero(piece)) return { offset: 0, length: to - from };
  return from === 0 && to === piece.length ? piece : { ...piece, offset: piece.offset + from, length: to - from };
}

function continues(before: Piece, piece: Piece): boolean {
  if (before.key !== piece.key || before.text !== piece.text) return false;
  return isZero(piece) || before.offset + before.length === piece.offset;
}

function isZero({ key, text }: Piece): boolean {
  return key === undefined && text === undefined;
}
