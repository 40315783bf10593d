import { mediaTypesIn } from '../../renderers/media-types.ts';

/** What a client would take (RFC 9110 §12.5.1). */
export interface Accept {
  /** How much it wants a type, 0 to 1. */
  quality(type: string): number;
  /** Whether it names a type, rather than a wildcard that fits. */
  names(type: string): boolean;
}

/** Reads an Accept field; without one, or with an empty one, everything is taken. */
export function readAccept(field: string | undefined): Accept {
  const ranges = mediaTypesIn(field ?? '').map(({ type, parameters: { q } }) => {
    const quality = q === undefined || q === '' ? 1 : Number(q);
    return { type, quality: Number.isFinite(quality) ? Math.min(Math.max(quality, 0), 1) : 1 };
  });
  const wanted = (type: string) => ranges.find((range) => range.type === type)?.quality;
  return {
    quality: (type) => {
      if (ranges.length === 0) return 1;
      return wanted(type) ?? wanted(`${type.slice(0, type.indexOf('/'))}/*`) ?? wanted('*/*') ?? wanted('*') ?? 0;
    },
    names: (type) => (wanted(type) ?? 0) > 0,
  };
}
