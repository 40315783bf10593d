import { readPath } from '../../cdmi/path.ts';
import { Redirection } from '../../cdmi/redirection.ts';
import { readSelectors } from '../../cdmi/selectors.ts';
import { type Cdmi, type Occasion, type Session, sessionFor } from '../../cdmi/session.ts';
import type { Credentials } from '../../gateway/credentials.ts';
import type { Policy } from '../../gateway/policy/policy.ts';
import type { Provider } from '../../gateway/provider.ts';
import { cdmiPath } from '../../gateway/reserved-paths.ts';
import { OcciError } from '../../occi/errors.ts';
import type { Exchange } from '../exchange.ts';
import type { ReplyHeaders } from '../reply.ts';
import { readAccept } from './accept.ts';
import type { CdmiCall, CdmiSettings } from './cdmi-call.ts';
import { onDelete } from './delete.ts';
import { methods, onlyRead } from './methods.ts';
import { onPost } from './post.ts';
import { onPut } from './put.ts';
import { onRead } from './reading.ts';
import { toTheSlash, toTheTarget } from './redirect.ts';
import { sendWhole } from './send.ts';
import { commonVersion, versionHeader } from './specification-version.ts';
import { told } from './told.ts';

/** A request below the root of CDMI, when it is known who sends it. */
export interface CdmiVisit {
  readonly exchange: Exchange;
  readonly provider: Provider;
  readonly credentials: Credentials;
  readonly policy: Policy;
  /** Headers that every response has. */
  readonly headers: ReplyHeaders;
}

/** Answers requests to CDMI. */
export type CdmiHandler = (visit: CdmiVisit) => Promise<Response>;

/** Whether a location is the root of CDMI, or below it. */
export function isCdmi(location: string | undefined): boolean {
  return location !== undefined && (location === cdmiPath.slice(0, -1) || location.startsWith(cdmiPath));
}

/** CDMI over HTTP (ISO/IEC 17826), in both of its styles. */
export function cdmiHandler(cdmi: Cdmi, settings: CdmiSettings): CdmiHandler {
  return async ({ exchange, provider, credentials, policy, headers }) => {
    const { incoming, trail } = exchange;
    const location = incoming.location ?? '';
    const asking = { credentials, policy, ...(trail && { trail }) };
    const query = incoming.search === '' ? '' : `?${incoming.search}`;
    const uri = incoming.space.prefix + location + query;
    const occasion: Occasion = { method: incoming.method, uri, isTold: false };
    const session = { ...sessionFor(cdmi, provider, asking, incoming.space), occasion };
    return told(session, () => visited(session, settings, exchange, headers));
  };
}

/**
 * The path below the root URI where that is said twice, with a doubled slash between. Who appends a URI of ours to the
 * root, as jclouds does with `parentURI`, means that URI: nothing has a name that is empty.
 */
function repeated(root: string, sent: string): string | undefined {
  const end = sent.indexOf(cdmiPath) + cdmiPath.length - 1;
  return sent.startsWith(`/${root}`, end) ? sent.slice(end + root.length) : undefined;
}

async function visited(
  session: Session,
  settings: CdmiSettings,
  exchange: Exchange,
  headers: ReplyHeaders,
): Promise<Response> {
  const { incoming } = exchange;
  const location = incoming.location ?? '';
  const call: CdmiCall = {
    session,
    incoming,
    path: readPath(repeated(session.root.path, incoming.path) ?? location.slice(cdmiPath.length - 1)),
    selectors: readSelectors(incoming.search),
    accept: readAccept(incoming.header('accept')),
    version: commonVersion(incoming.header(versionHeader)),
    headers,
    settings,
  };
  if (call.version !== undefined) headers[versionHeader] = call.version;
  if (location.length < cdmiPath.length) return toTheSlash(call);
  const response = await redirected(call);
  exchange.mediaType = countedType(headers['content-type']);
  return response;
}

async function redirected(call: CdmiCall): Promise<Response> {
  try {
    return await answer(call);
  } catch (error) {
    if (error instanceof Redirection) return toTheTarget(call, error.target);
    throw error;
  }
}

function answer(call: CdmiCall): Promise<Response> | Response {
  const { path, incoming, headers } = call;
  const allowed = path.from === 'capabilities' ? onlyRead : methods;
  switch (incoming.method) {
    case 'GET':
    case 'HEAD':
      return onRead(call);
    case 'PUT':
      return onPut(call);
    case 'POST':
      return onPost(call);
    case 'DELETE':
      return onDelete(call);
    case 'OPTIONS':
      headers['allow'] = allowed.join(', ');
      headers['content-type'] = 'text/plain; charset=utf-8';
      return sendWhole(call, 200, '');
    default:
      throw new OcciError('method-not-allowed', `${incoming.method} is not defined here`, { allow: allowed });
  }
}

/** What an answer is counted as: values are of as many types as clients like. */
function countedType(type: string | undefined): string | undefined {
  return type === undefined || /^application\/(?:cdmi-[a-z+]+|json)$/.test(type) ? type : 'value';
}
