import { locationsIn } from './answer.ts';
import { Catalogue } from './catalogue.ts';
import { ClientError } from './client-error.ts';
import { field } from './exchange.ts';
import { offersFrom } from './offer.ts';
import type { Rendering } from './rendering.ts';
import { type Answer, type Caller, call } from './session.ts';

/** What a server offers, and how it is spoken to. */
export interface Discovery {
  readonly catalogue: Catalogue;
  readonly rendering: Rendering;
  /** Where its query interface is. */
  readonly location: string;
}

/** Where the query interface is (GFD.223 §9), the short way first, which is the one old servers have. */
const queryInterfaces = ['/-/', '/.well-known/org/ogf/occi/-/'];

/**
 * Reads the query interface. Without a rendering to use, text/plain is tried first, which every server has to speak;
 * where that shows a server of OCCI 1.2, application/occi+json, which tells the types of attributes.
 *
 * @throws ClientError when there is no query interface, or it is in a rendering that is not spoken here
 */
export async function discover(caller: Caller, wanted?: Rendering): Promise<Discovery> {
  if (wanted !== undefined) return readAt(caller, wanted);
  const plain = await readAt(caller, 'text/plain').catch((error: unknown) => {
    if (error instanceof ClientError && error.details.status === 406) return readAt(caller, 'application/occi+json');
    throw error;
  });
  if (plain.rendering !== 'text/plain' || plain.catalogue.versions[0] === '1.1') return plain;
  try {
    const json = await readAt(caller, 'application/occi+json', [plain.location]);
    const isAsRich = json.catalogue.kinds.length >= plain.catalogue.kinds.length;
    return isAsRich && json.type.includes('json') ? json : plain;
  } catch (error) {
    if (error instanceof ClientError && (error.kind === 'refused' || error.kind === 'unreadable')) return plain;
    throw error;
  }
}

interface Read extends Discovery {
  /** What the server calls its rendering. */
  readonly type: string;
}

async function readAt(caller: Caller, rendering: Rendering, places = queryInterfaces): Promise<Read> {
  const [location = '', ...others] = places;
  try {
    const answer = await call(caller, rendering, { method: 'GET', location });
    const type = field(answer.exchange.response.headers, 'content-type') ?? '';
    return { catalogue: catalogueIn(caller, answer), rendering, location, type };
  } catch (error) {
    const isNotThere = error instanceof ClientError && error.details.status === 404;
    if (!isNotThere || others.length === 0) throw error;
    return readAt(caller, rendering, others);
  }
}

function catalogueIn({ space }: Caller, { exchange, content }: Answer): Catalogue {
  const offers = offersFrom(
    content.drafts.flatMap((draft) => draft.categories),
    space,
  );
  if (offers.kinds.length + offers.mixins.length === 0) {
    const { url } = exchange.request;
    const elsewhere = locationsIn(exchange, content).length > 0 ? 'a list of entities' : 'nothing OCCI';
    throw new ClientError('unreadable', `${url} shows ${elsewhere} in place of categories`, {
      advice: 'is the endpoint right?',
      exchange,
    });
  }
  return new Catalogue(offers, field(exchange.response.headers, 'server'));
}
