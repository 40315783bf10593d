import type { Rendered, Renderer } from './renderer.ts';

/**
 * A text rendering with lines that end in CR LF, the last one, too: the letter of GFD.229 §5.1.1 and §8, which clients
 * that split at LF alone stumble over. Values have no line ends in them.
 */
export function inCrLf(renderer: Renderer): Renderer {
  const ended = (rendered: Rendered): Rendered => {
    const { body } = rendered;
    return { ...rendered, body: typeof body === 'string' ? withCrLf(body) + lastEnd(body) : pieces(body) };
  };
  return {
    ...renderer,
    entity: (...args) => ended(renderer.entity(...args)),
    created: (...args) => ended(renderer.created(...args)),
    collection: async (...args) => ended(await renderer.collection(...args)),
    categories: (...args) => ended(renderer.categories(...args)),
    mixins: (...args) => ended(renderer.mixins(...args)),
    done: (...args) => ended(renderer.done(...args)),
    error: (...args) => ended(renderer.error(...args)),
  };
}

/** An empty list has no lines. */
const lastEnd = (text: string) => (text === '' ? '' : '\r\n');

const withCrLf = (text: string) => text.replaceAll('\n', '\r\n');

async function* pieces(texts: AsyncIterable<string>): AsyncGenerator<string> {
  let last = '';
  for await (const text of texts) {
    yield withCrLf(text);
    last = text;
  }
  yield lastEnd(last);
}
