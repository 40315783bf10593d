import type { EntityView } from '../occi/entity.ts';
import type { RenderContext } from './renderer.ts';

type Render<R> = (view: EntityView, context: RenderContext) => R;

/**
 * A rendering of entities that remembers what it has made. Stores give out the same view as long as nothing changes,
 * and besides the view a rendering depends on the mount prefix alone; so it is made once, and goes with the view.
 */
export function remembered<R>(render: Render<R>): Render<R> {
  // On the view itself: a WeakMap that sees every entity of a long listing makes garbage collection wait for it.
  const key = Symbol('rendering');
  type Rendered = EntityView & { [key]?: { readonly prefix: string; readonly result: R } };
  return (view: Rendered, context) => {
    const { prefix } = context.space;
    const last = view[key];
    if (last?.prefix === prefix) return last.result;
    const result = render(view, context);
    view[key] = { prefix, result };
    return result;
  };
}
