import { Hono } from 'hono';
import type { RequestContext } from '../backends/backend.ts';
import { anybody, type Credentials } from '../gateway/credentials.ts';
import type { OpenPolicy } from '../gateway/policy/open-policy.ts';
import type { Provider } from '../gateway/provider.ts';
import { newTrail } from '../gateway/trail.ts';
import { OcciError, quoteToken } from '../occi/errors.ts';
import type { Tracer } from '../tracing/tracer.ts';
import { actingIn, projectHeader } from './authentication/acting-in.ts';
import { authenticate } from './authentication/authenticate.ts';
import type { Authenticator } from './authentication/authenticator.ts';
import type { Call, HttpLimits } from './call.ts';
import { type CdmiHandler, isCdmi } from './cdmi/on-cdmi.ts';
import { onCollection } from './collection-operations.ts';
import { onEntity } from './entity-operations.ts';
import type { Exchange, Witness } from './exchange.ts';
import { type Addressing, Incoming, type PlatformBindings } from './incoming.ts';
import type { Limiter, Visit } from './limits/limiter.ts';
import { isForOperators, type OperatorOptions, onOperatorPath } from './operator-paths.ts';
import { mustBeThere } from './presence.ts';
import { onQueryInterface } from './query-operations.ts';
import { onQuota } from './quota-operations.ts';
import type { Renderings } from './renderings.ts';
import { problemHeaders, type ReplyHeaders, reply } from './reply.ts';
import { problemOf } from './status.ts';
import { isListing, methodsOf, nameOf, routeOf, type Target, targetOf } from './target.ts';
import type { Traffic } from './traffic.ts';
import { versionWith } from './versions.ts';

/** What the application needs to run. */
export interface AppOptions extends OperatorOptions {
  /** The provider as a project sees it. */
  readonly providerOf: (project: string) => Provider | Promise<Provider>;
  readonly policy: Pick<OpenPolicy, 'current'>;
  /** The `Server` header of every response. */
  readonly server: string;
  readonly addressing: Addressing;
  /** How clients can prove who they are, in the order in which it is tried; none lets everybody in. */
  readonly authenticators: readonly Authenticator[];
  readonly limits: HttpLimits;
  /** Answers what is below the root of CDMI, where that is on. */
  readonly cdmi?: CdmiHandler;
  /** Holds clients to their limits, where there are any. */
  readonly limiter?: Limiter;
  readonly renderers: Renderings;
  readonly traffic: Traffic;
  /** Whether witnesses are to be told what requests came to. */
  readonly keepsTrail: boolean;
  /** Where there are traces: a request is a span. */
  readonly tracer?: Tracer;
  /** Are told of every request, in order. */
  readonly witnesses: readonly Witness[];
}

/**
 * The gateway as a Hono application: one route, because the paths of kinds and mixins come and go at run time.
 *
 * Every request takes the same way (GFD.223 §5, §8): who sends it, version, target, method, Accept, then the operation,
 * which reads, validates, asks the policy and acts. The first thing that is wrong is the answer.
 */
export function gatewayApp(options: AppOptions): Hono<{ Bindings: PlatformBindings }> {
  const { server, traffic, witnesses, keepsTrail, tracer } = options;
  // To Hono all paths are the same.
  const app = new Hono<{ Bindings: PlatformBindings }>({ getPath: () => '/' });
  app.all('*', async (c) => {
    traffic.enter();
    try {
      const started = performance.now();
      const incoming = new Incoming(c.req.raw, options.addressing, c.env);
      const requestId = requestIdOf(incoming.header('x-request-id'));
      const exchange = newExchange(incoming, requestId, started, keepsTrail);
      const headers: ReplyHeaders = { server, 'x-request-id': requestId };
      const visit = options.limiter?.visit(incoming);
      const respond = async (): Promise<Response> => {
        try {
          return await answer(options, exchange, headers, visit);
        } catch (error) {
          exchange.failure = error;
          return refuse(options, exchange, { server, 'x-request-id': requestId, ...visit?.headers });
        }
      };
      // Whoever watches over the process asks every few seconds, which is worth no trace.
      const isTraced = tracer !== undefined && !isForOperators(incoming.location);
      const response = await (isTraced ? traced(tracer, exchange, respond) : respond());
      if (visit !== undefined) whenSent(incoming, () => visit.leave());
      exchange.status = response.status;
      exchange.ms = performance.now() - started;
      for (const witness of witnesses) witness(exchange);
      return response;
    } finally {
      traffic.leave();
    }
  });
  return app;
}

async function answer(
  options: AppOptions,
  exchange: Exchange,
  headers: ReplyHeaders,
  visit: Visit | undefined,
): Promise<Response> {
  const { renderers } = options;
  const { incoming } = exchange;
  const { location, method } = incoming;
  if (options.traffic.draining) {
    throw new OcciError('unavailable', 'the gateway is about to stop; try again soon');
  }
  if (isForOperators(location)) {
    exchange.route = 'operator';
    return onOperatorPath(options, location, method, headers);
  }
  visit?.arrive();
  const { authenticators } = options;
  const client = authenticators.length === 0 ? anybody : await authenticate(authenticators, incoming);
  exchange.credentials = client;
  visit?.identify(client);
  Object.assign(headers, visit?.headers);
  const version = versionWith(incoming.header('user-agent'));
  const policy = options.policy.current;
  const credentials = actingIn(client, incoming.header(projectHeader), policy);
  exchange.credentials = credentials;
  // What belongs to a project is not for caches that others ask, too; they know nothing of tokens in other headers.
  if (credentials.proof !== 'none') headers['cache-control'] = 'private';
  const known = options.providerOf(credentials.project);
  const provider = known instanceof Promise ? await known : known;
  if (options.cdmi !== undefined && isCdmi(location)) {
    exchange.route = 'cdmi';
    return options.cdmi({ exchange, provider, credentials, policy, headers });
  }
  const target: Target = location === undefined ? { is: 'nothing' } : targetOf(provider.catalogue.model, location);
  exchange.route = routeOf(target);
  if (target.is === 'nothing') throw new OcciError('not-found', `there is nothing at ${location ?? 'this path'}`);
  const methods = methodsOf(target);
  if (!methods.includes(method)) {
    throw new OcciError('method-not-allowed', `${method} is not defined for ${nameOf(target)}`, { allow: methods });
  }
  if (method === 'OPTIONS') {
    headers['allow'] = methods.join(', ');
    return reply(200, { contentType: 'text/plain; charset=utf-8', body: '' }, headers);
  }
  const listing = isListing(target, method, incoming.query.has('action'));
  const chosen = renderers.negotiate(incoming.header('accept'), listing);
  if (typeof chosen === 'string') await mustBeThere(provider, target, method);
  if (chosen === 'not-a-listing') {
    throw new OcciError('not-a-listing', 'text/uri-list can only be used for listings');
  }
  if (chosen === 'not-acceptable') {
    const available = renderers.all.map((one) => one.mediaTypes[0]).join(', ');
    const wanted = incoming.header('accept') ?? '';
    throw new OcciError('not-acceptable', `${quoteToken(wanted)} is not available; these are: ${available}`, {
      token: wanted,
    });
  }
  exchange.mediaType = chosen.mediaType;
  if (target.is !== 'entity') headers['accept'] = renderers.accepted;
  if (method === 'GET' || method === 'HEAD') headers['vary'] = 'Accept';
  const call: Call = {
    ...chosen,
    provider,
    incoming,
    scope: {
      version,
      credentials,
      policy,
      space: incoming.space,
      context: contextOf(exchange, credentials),
      ...(exchange.trail && { trail: exchange.trail }),
    },
    renderers: renderers.all,
    limits: options.limits,
    headers,
  };
  if (target.is === 'entity') return onEntity(call, target.location);
  if (target.is === 'collection') return onCollection(call, target.collection, renderers.textOcci);
  if (target.is === 'quota') return onQuota(call);
  return onQueryInterface(call, renderers.textOcci);
}

/** An error in the type the client asked for, as far as that can carry one; otherwise in plain text. */
function refuse({ renderers, traffic }: AppOptions, exchange: Exchange, headers: ReplyHeaders): Response {
  const { incoming, requestId } = exchange;
  const problem = problemOf(exchange.failure, requestId);
  if (traffic.draining) headers['connection'] = 'close';
  const chosen = renderers.negotiate(incoming.header('accept'), true);
  const { renderer, mediaType } =
    typeof chosen === 'string' ? { renderer: renderers.all[0], mediaType: renderers.all[0].mediaTypes[0] } : chosen;
  exchange.mediaType = mediaType;
  return reply(problem.status, renderer.error(problem, mediaType), problemHeaders(problem, headers, incoming.outgoing));
}

function newExchange(incoming: Incoming, requestId: string, started: number, keepsTrail: boolean): Exchange {
  return {
    incoming,
    requestId,
    started,
    route: 'unknown',
    traceparent: traceparentIn(incoming),
    credentials: undefined,
    trail: keepsTrail ? newTrail() : undefined,
    mediaType: undefined,
    status: 0,
    ms: 0,
    failure: undefined,
  };
}

/** Calls back when all of an answer is on its way, or its client has gone. */
function whenSent({ outgoing }: Incoming, listener: () => void): void {
  if (outgoing === undefined || outgoing.closed) listener();
  else outgoing.once('close', listener);
}

/** What backends are told about a request: who sent it, never how that was proven. */
function contextOf({ requestId, traceparent }: Exchange, { user, project, proof }: Credentials): RequestContext {
  const trace = traceparent === undefined ? {} : { traceparent };
  return proof === 'none' ? { requestId, ...trace } : { requestId, user, project, ...trace };
}

/** What the request is part of, where it says so in the form of W3C Trace Context (§3.2). */
function traceparentIn(incoming: Incoming): string | undefined {
  const sent = incoming.header('traceparent');
  return sent !== undefined && /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/.test(sent) ? sent : undefined;
}

/** Answers a request as a span. Its path and query are not told, as they are not in the metrics. */
function traced(tracer: Tracer, exchange: Exchange, respond: () => Promise<Response>): Promise<Response> {
  const { incoming, requestId, traceparent } = exchange;
  const { method } = incoming;
  const attributes = { 'http.request.method': method, 'occi.request_id': requestId };
  return tracer.span(
    method,
    { kind: 'server', attributes, ...(traceparent === undefined ? {} : { traceparent }) },
    async (span) => {
      exchange.traceparent = span.traceparent;
      const response = await respond();
      span.rename(`${method} ${exchange.route}`);
      span.set({ 'http.route': exchange.route, 'http.response.status_code': response.status });
      if (response.status >= 500) span.fail(`${response.status}`);
      return response;
    },
  );
}

let counter = 0;
const run = Date.now().toString(36);

/** The id a request has been given on its way, where it can be one; otherwise a new one, unique in this process. */
function requestIdOf(sent: string | undefined): string {
  if (sent !== undefined && /^[A-Za-z0-9._-]{1,64}$/.test(sent)) return sent;
  counter += 1;
  return `${run}-${counter.toString(36)}`;
}
