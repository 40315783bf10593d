import type { EntityView } from '../occi/entity.ts';
import type { RenderContext } from './renderer.ts';

type Render<R> = (view: EntityView, context: RenderContext) => R;

/**
 * A rendering of entities that remembers what it has made. Stores give out the same view as long as nothing changes,
 * and besides the view a rendering depends on the mount prefix alone; so it is made once, and goes with the view.
 */
export function remembered<R>(render: Render<R>): Render<R> {
  const known = new WeakMap<EntityView, { readonly prefix: string; readonly result: R }>();
  return (view, context) => {
    const { prefix } = context.space;
    const last = known.get(view);
    if (last?.prefix === prefix) return last.result;
    const result = render(view, context);
    known.set(view, { prefix, result });
    return result;
  };
}
