import { Hono } from 'hono';
import type { RequestContext } from '../backends/backend.ts';
import { anybody, type Credentials } from '../gateway/credentials.ts';
import type { OpenPolicy } from '../gateway/policy/open-policy.ts';
import type { Provider, Scope } from '../gateway/provider.ts';
import { OcciError, quoteToken } from '../occi/errors.ts';
import type { Tracer } from '../tracing/tracer.ts';
import { actingIn, projectHeader } from './authentication/acting-in.ts';
import { authenticate } from './authentication/authenticate.ts';
import type { Authenticator } from './authentication/authenticator.ts';
import type { Call, HttpLimits } from './call.ts';
import { type CdmiHandler, isCdmi } from './cdmi/on-cdmi.ts';
import { onCollection } from './collection-operations.ts';
import { refuseOtherSites, type TrustedOrigins } from './cross-site.ts';
import { onEntity } from './entity-operations.ts';
import { type Exchange, newExchange, type Witness } from './exchange.ts';
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
import { traced } from './traced.ts';
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
  /** Other sites whose pages may change something. */
  readonly trustedOrigins: TrustedOrigins;
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
  const { traffic, witnesses, keepsTrail, tracer } = options;
  // To Hono all paths are the same.
  const app = new Hono<{ Bindings: PlatformBindings }>({ getPath: () => '/' });
  app.all('*', async (c) => {
    traffic.enter();
    try {
      const incoming = new Incoming(c.req.raw, options.addressing, c.env);
      const exchange = newExchange(incoming, keepsTrail);
      const visit = options.limiter?.visit(incoming);
      const answering = () => answer(options, exchange, visit);
      // Whoever watches over the process asks every few seconds, which is worth no trace.
      const isTraced = tracer !== undefined && !isForOperators(incoming.location);
      const response = await (isTraced ? traced(tracer, exchange, answering) : answering());
      if (visit !== undefined) whenSent(incoming, () => visit.leave());
      exchange.status = response.status;
      exchange.ms = performance.now() - exchange.started;
      for (const witness of witnesses) witness(exchange);
      return response;
    } finally {
      traffic.leave();
    }
  });
  return app;
}

/** The answer to a request, also when it is refused. Every wait costs, so what is known at once is not waited for. */
async function answer(options: AppOptions, exchange: Exchange, visit: Visit | undefined): Promise<Response> {
  const { authenticators, renderers, limits } = options;
  const { incoming } = exchange;
  const { location, method } = incoming;
  const headers = headersOf(options, exchange);
  try {
    if (options.traffic.draining) {
      throw new OcciError('unavailable', 'the gateway is about to stop; try again soon');
    }
    if (isForOperators(location)) {
      exchange.route = 'operator';
      return await onOperatorPath(options, location, method, headers);
    }
    visit?.arrive();
    refuseOtherSites(incoming, options.trustedOrigins);
    const client = authenticators.length === 0 ? anybody : await authenticate(authenticators, incoming);
    exchange.credentials = client;
    visit?.identify(client);
    if (visit !== undefined) Object.assign(headers, visit.headers);
    const scope = scopeOf(options, exchange, client);
    // What belongs to a project is not for caches that others ask, too; they know nothing of tokens in other headers.
    if (client.proof !== 'none') headers['cache-control'] = 'private';
    const known = options.providerOf(scope.credentials.project);
    const provider = known instanceof Promise ? await known : known;
    if (options.cdmi !== undefined && isCdmi(location)) {
      exchange.route = 'cdmi';
      const { credentials, policy } = scope;
      return await options.cdmi({ exchange, provider, credentials, policy, headers });
    }
    const target = targetIn(provider, exchange);
    if (method === 'OPTIONS') {
      headers['allow'] = methodsOf(target).join(', ');
      return reply(200, { contentType: 'text/plain; charset=utf-8', body: '' }, headers);
    }
    const wanted = incoming.header('accept');
    const chosen = renderers.negotiate(wanted, isListing(target, method, incoming.query.has('action')));
    if (typeof chosen === 'string') {
      await mustBeThere(provider, target, method);
      throw notRendered(chosen, wanted, renderers);
    }
    const { renderer, mediaType } = chosen;
    exchange.mediaType = mediaType;
    if (target.is !== 'entity') headers['accept'] = renderers.accepted;
    if (method === 'GET' || method === 'HEAD') headers['vary'] = 'Accept';
    const call: Call = { renderer, mediaType, provider, incoming, scope, renderers: renderers.all, limits, headers };
    if (target.is === 'entity') return await onEntity(call, target.location);
    if (target.is === 'collection') return await onCollection(call, target.collection, renderers.textOcci);
    if (target.is === 'quota') return await onQuota(call);
    return await onQueryInterface(call, renderers.textOcci);
  } catch (error) {
    exchange.failure = error;
    return refuse(options, exchange, { ...headersOf(options, exchange), ...visit?.headers });
  }
}

/** The headers that every answer has. */
function headersOf({ server }: AppOptions, { requestId }: Exchange): ReplyHeaders {
  return { server, 'x-request-id': requestId };
}

/**
 * What is known about a client, and what he may do.
 *
 * @throws OcciError `unsupported-version`, `forbidden`, `invalid-request`
 */
function scopeOf(options: AppOptions, exchange: Exchange, client: Credentials): Scope {
  const { incoming, trail } = exchange;
  const version = versionWith(incoming.header('user-agent'));
  const policy = options.policy.current;
  const credentials = actingIn(client, incoming.header(projectHeader), policy);
  exchange.credentials = credentials;
  const context = contextOf(exchange, credentials);
  const scope = { version, credentials, policy, space: incoming.space, context };
  return trail === undefined ? scope : { ...scope, trail };
}

/**
 * What a request is for, and that its method is defined for it.
 *
 * @throws OcciError `not-found`, `method-not-allowed`
 */
function targetIn({ catalogue }: Provider, exchange: Exchange): Exclude<Target, { is: 'nothing' }> {
  const { location, method } = exchange.incoming;
  const target: Target = location === undefined ? { is: 'nothing' } : targetOf(catalogue.model, location);
  exchange.route = routeOf(target);
  if (target.is === 'nothing') throw new OcciError('not-found', `there is nothing at ${location ?? 'this path'}`);
  const methods = methodsOf(target);
  if (!methods.includes(method)) {
    throw new OcciError('method-not-allowed', `${method} is not defined for ${nameOf(target)}`, { allow: methods });
  }
  return target;
}

/** Why there is no rendering that a client would take. */
function notRendered(
  why: 'not-a-listing' | 'not-acceptable',
  wanted: string | undefined,
  renderers: Renderings,
): OcciError {
  if (why === 'not-a-listing') return new OcciError(why, 'text/uri-list can only be used for listings');
  const token = wanted ?? '';
  const available = renderers.all.map(({ mediaTypes }) => mediaTypes[0]).join(', ');
  return new OcciError(why, `${quoteToken(token)} is not available; these are: ${available}`, { token });
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

/** Calls back when all of an answer is on its way, or its client has gone. */
function whenSent({ outgoing }: Incoming, listener: () => void): void {
  if (outgoing === undefined || outgoing.closed) listener();
  else outgoing.once('close', listener);
}

/** What backends are told about a request: who sent it, never how that was proven. */
function contextOf({ requestId, traceparent }: Exchange, { user, project, proof }: Credentials): RequestContext {
  const context = proof === 'none' ? { requestId } : { requestId, user, project };
  return traceparent === undefined ? context : { ...context, traceparent };
}
