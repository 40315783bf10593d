import { type Negotiated, negotiator } from '../renderers/negotiation.ts';
import type { Renderer } from '../renderers/renderer.ts';

/** The renderings that are spoken here. */
export interface Renderings {
  /** The default one first. */
  readonly all: readonly [Renderer, ...Renderer[]];
  /** The one among them that lives in headers. */
  readonly textOcci: Renderer;
  /** The `Accept` header that tells clients what can be sent here. */
  readonly accepted: string;
  /** Chooses one for an answer. */
  negotiate(accept: string | undefined, listing: boolean): Negotiated;
}

export function renderingsOf(all: Renderings['all'], textOcci: Renderer): Renderings {
  const canonical = all.map(({ mediaTypes }) => mediaTypes[0]);
  const others = all.flatMap(({ mediaTypes }) => mediaTypes.slice(1));
  return { all, textOcci, accepted: [...canonical, ...others].join(', '), negotiate: negotiator(all) };
}
