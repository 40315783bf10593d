import { authorizeFor } from '../gateway/policy/authorize.ts';
import { query } from '../gateway/query.ts';
import { addUserMixins, removeUserMixins } from '../gateway/user-mixins.ts';
import { OcciError } from '../occi/errors.ts';
import type { Renderer } from '../renderers/renderer.ts';
import { type Call, read, readSelection, renderContext, send } from './call.ts';

/** The operations on the query interface (GFD.223 §9). */
export async function onQueryInterface(call: Call, textOcci: Renderer): Promise<Response> {
  const { provider, scope, incoming, renderer, mediaType } = call;
  switch (incoming.method) {
    case 'POST': {
      if (incoming.query.has('action')) {
        throw new OcciError('invalid-request', 'the query interface has no actions');
      }
      const mixins = await addUserMixins(provider, scope, (await read(call)).content);
      const isJson = mediaType.includes('json');
      return send(
        call,
        200,
        isJson ? renderer.mixins(mixins, renderContext(call), mediaType) : renderer.done(mediaType),
      );
    }
    case 'DELETE':
      await removeUserMixins(provider, scope, await readSelection(call, textOcci));
      return send(call, 200, renderer.done(mediaType));
    default: {
      const categories = query(provider, await readSelection(call, textOcci));
      authorizeFor(scope, 'query', 'show');
      return send(call, 200, renderer.categories(categories, renderContext(call), mediaType));
    }
  }
}
