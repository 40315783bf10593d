import { locationOfDraft } from '../client/remote-entity.ts';
import { core } from '../occi/entity.ts';
import type { Reply } from './reply.ts';
import type { Trial } from './trial.ts';
import type { Whereabouts } from './whereabouts.ts';

type Asker = Pick<Trial, 'ask' | 'session' | 'locationOf'>;

/**
 * Where the entities are that were created in a collection, when the answer shows them and does not say where they are.
 *
 * @returns undefined when there is nothing to be found out
 */
export async function locationsShown(
  trial: Asker,
  whereabouts: Whereabouts,
  collection: string,
  reply: Reply,
): Promise<readonly string[] | undefined> {
  if (!reply.isReadable || reply.locations.length > 0 || reply.content.drafts.length === 0) return undefined;
  const found: (string | undefined)[] = [];
  for (const draft of reply.content.drafts) {
    const id = draft.attributes.get(core.id);
    const likely = locationOfDraft(trial.session, draft);
    if (id === undefined || draft.location !== undefined) found.push(likely);
    else {
      const text = id.form === 'json' ? String(id.value) : id.text;
      found.push(await locationOfId(trial, whereabouts, { id: text, collection, likely }));
    }
  }
  return found.filter((one) => one !== undefined);
}

/** The location that most servers would make of an id, when it is there; otherwise what is found in its collection. */
async function locationOfId(
  trial: Asker,
  whereabouts: Whereabouts,
  { id, collection, likely }: { readonly id: string; readonly collection: string; readonly likely: string | undefined },
): Promise<string | undefined> {
  const idAt = async (location: string): Promise<string | undefined> => {
    const reply = await trial.ask({ location });
    const isShown = reply.isSuccess && reply.isReadable && reply.content.drafts.length > 0;
    const own = isShown ? reply.entity(location).attributes[core.id] : undefined;
    return own === undefined ? undefined : String(own);
  };
  if (likely !== undefined && (await idAt(likely)) === id) return likely;
  return whereabouts.find(id, {
    list: async () => {
      const reply = await trial.ask({ location: collection, accept: 'text/uri-list' });
      return reply.isSuccess ? reply.locations.map((one) => trial.locationOf(one)) : [];
    },
    idAt,
  });
}
