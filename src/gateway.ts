import type { Backend } from './backends/backend.ts';
import { Closers } from './closers.ts';
import { type Config, readConfig, type serverSettings } from './config.ts';
import { openProvider } from './gateway/open-provider.ts';
import { openPolicy } from './gateway/policy/open-policy.ts';
import { openQuotas } from './gateway/quota/open-quotas.ts';
import { openAudit } from './http/audit/audit.ts';
import type { Authenticator } from './http/authentication/authenticator.ts';
import { gatewayApp } from './http/gateway-app.ts';
import type { PlatformBindings } from './http/incoming.ts';
import { Limiter } from './http/limits/limiter.ts';
import { clientLimits } from './http/limits/settings.ts';
import { type Exposition, Metrics } from './http/metrics/metrics.ts';
import { proxiesOf } from './http/proxies.ts';
import { renderingsOf } from './http/renderings.ts';
import { type RequestLog, requestLogger } from './http/request-log.ts';
import { Traffic } from './http/traffic.ts';
import { serverHeader } from './http/versions.ts';
import { osTemplate } from './occi/mixin.ts';
import { Model, type ModelFragment } from './occi/model.ts';
import { openAuthenticators } from './open-authenticators.ts';
import { type BackendSurroundings, openBackend } from './open-backend.ts';
import { openCdmi } from './open-cdmi.ts';
import { openFeed } from './open-feed.ts';
import { openStore } from './open-store.ts';
import { inCrLf } from './renderers/crlf.ts';
import { occiJson } from './renderers/occi-json.ts';
import type { Renderer } from './renderers/renderer.ts';
import { textOcci } from './renderers/text-occi.ts';
import { textPlain } from './renderers/text-plain.ts';
import { uriList } from './renderers/uri-list.ts';
import { cdmiModelFile, loadModelFiles } from './spec/model-files.ts';
import { watchedStore } from './store/watched-store.ts';
import { openTracer } from './tracing/open-tracer.ts';
import { tracedStore } from './tracing/traced.ts';
import { version } from './version.ts';

/**
 * What a gateway is made of. Everything has a default; see `docs/configuration.md` for the settings. Those of the server
 * are not among them: whoever calls the handler has one.
 */
export interface GatewayOptions extends Partial<Omit<Config, 'backend' | (typeof serverSettings)[number]>> {
  /** What makes entities real: the embedded machines, agents over RabbitMQ, or backends of your own. */
  readonly backend?: Config['backend'] | readonly Backend[];
  /** Model files of your own, on top of those of the standard. */
  readonly modelFiles?: readonly string[];
  /** The whole model, in place of that of the standard. */
  readonly model?: readonly ModelFragment[];
  /** How clients prove who they are, in the order in which it is tried, in place of what `auth` names. */
  readonly authenticators?: readonly Authenticator[];
  /** Where to log; without it nothing is. A pino logger fits. */
  readonly log?: GatewayLog;
}

/** The part of a pino logger that is used. */
export interface GatewayLog extends RequestLog {
  warn(details: object, message: string): void;
}

/** A gateway at work. */
export interface Gateway {
  /** What it says in the `Server` header. */
  readonly server: string;
  /** The fetch handler: mount it anywhere. On Node, pass on the bindings, so that bodies of GET can be read. */
  fetch(request: Request, platform?: PlatformBindings): Promise<Response>;
  /** Rejects with what is missing for requests to be served. */
  ready(): Promise<void>;
  /** Measurements, for Prometheus. */
  readonly metrics: Exposition;
  /** From now on new requests are answered with 503; those in flight finish. */
  drain(): void;
  /** Drains, waits for the requests in flight, and closes everything. Nothing acknowledged is lost. */
  close(): Promise<void>;
}

const silent: GatewayLog = { info() {}, warn() {}, error() {} };

/**
 * Opens a gateway.
 *
 * @throws Error when the model does not fit together, or the database is in use by others or of a newer version
 */
export async function createGateway(options: GatewayOptions = {}): Promise<Gateway> {
  const closers = new Closers();
  try {
    return serving(await openParts(options, closers), closers);
  } catch (error) {
    await closers.close();
    throw error;
  }
}

/** Everything that is open when requests are served. */
type Parts = Awaited<ReturnType<typeof openParts>>;

async function openParts(options: GatewayOptions, closers: Closers) {
  const config: Config = {
    ...readConfig({}),
    ...options,
    backend: typeof options.backend === 'string' ? options.backend : 'embedded',
  };
  const log = options.log ?? silent;
  const warn = (message: string, detail?: unknown) =>
    log.warn(detail instanceof Error ? { err: detail } : { detail }, message);
  const audit = config.auditLog === undefined ? undefined : openAudit(config.auditLog, log);
  const metrics = new Metrics();
  const traffic = new Traffic();
  const tracer =
    config.otlpEndpoint === undefined
      ? undefined
      : closers.add(await openTracer({ endpoint: config.otlpEndpoint, service: 'occi-gateway' }));
  const measured = closers.add(metrics.store(await openStore(config)));
  const base = tracer === undefined ? measured : tracedStore(measured, tracer);
  let model: Model;
  const feed = await openFeed(config, { provider: base.identity, model: () => model, metrics, tracer, log: warn });
  if (feed !== undefined) closers.add(feed);
  const store = feed === undefined ? base : watchedStore(base, feed.told);
  const surroundings: BackendSurroundings = {
    provider: store.identity,
    model: () => templatesOf(model, config),
    metrics,
    tracer,
    log: warn,
  };
  const authenticators = options.authenticators ?? (await openAuthenticators(config, log));
  closers.add({ close: () => Promise.all(authenticators.map((one) => one.close?.())) });
  const backends = typeof options.backend === 'object' ? options.backend : [await openBackend(config, surroundings)];
  closers.add({ close: () => Promise.all(backends.map((backend) => backend.close())) });
  const fragments = options.model ?? loadModelFiles(extraModelFiles(config.cdmi, options));
  model = new Model([...fragments, ...backends.map(({ offers }) => offers)]);
  const policy = closers.add(await openPolicy({ file: config.policyFile, model, log }));
  const quotas = closers.add(await openQuotas({ file: config.quotaFile, model, hasObjects: config.cdmi, log }));
  const cdmi = config.cdmi
    ? closers.add(await openCdmi(config, { store, model, quotas, traffic, metrics, log }))
    : undefined;
  const provider = closers.add(
    await openProvider({
      store,
      model,
      backends,
      keeper: cdmi?.keeper,
      limits: { pageSize: config.maxPageSize, defaultPageSize: config.pageSize, batch: config.maxBatch },
      templateScheme: config.templateScheme,
      quotas,
      reconcileMs: config.reconcileSeconds * 1000,
      log,
    }),
  );
  metrics.quotas(() => quotas.current, store);
  return { config, log, audit, metrics, traffic, tracer, authenticators, model, policy, cdmi, provider };
}

function extraModelFiles(hasCdmi: boolean, { modelDir, modelFiles = [] }: GatewayOptions): readonly string[] {
  return [...(hasCdmi ? [cdmiModelFile] : []), ...(modelDir === undefined ? [] : [modelDir]), ...modelFiles];
}

/** Tells templates from other mixins. Those that are made at run time belong to projects, and are known by their scheme. */
function templatesOf(model: Model, { templateScheme }: Config): Pick<Model, 'depends'> {
  return {
    depends: (mixin, on) => model.depends(mixin, on) || (on === osTemplate && mixin.startsWith(templateScheme)),
  };
}

function serving(parts: Parts, closers: Closers): Gateway {
  const { config, log, audit, metrics, traffic, tracer, authenticators, model, policy, cdmi, provider } = parts;
  const clients = clientLimits(config);
  const counted = metrics.gateway({ ...provider, inFlight: () => traffic.inFlight });
  let closed: Promise<void> | undefined;
  const inHeaders = textOcci({ maxHeaderBytes: config.maxResponseHeaderBytes });
  const inLines = (renderer: Renderer) => (config.lineEnds === 'crlf' ? inCrLf(renderer) : renderer);
  const server = serverHeader(version, model);
  const app = gatewayApp({
    providerOf: provider.of,
    policy,
    authenticators,
    server,
    addressing: {
      prefix: config.prefix,
      proxies: proxiesOf(config.trustProxy),
      ...(config.publicUrl === undefined ? {} : { publicUrl: config.publicUrl }),
    },
    limits: { bodyBytes: config.maxBodyBytes },
    trustedOrigins: config.trustedOrigins ?? [],
    ...(cdmi && { cdmi: cdmi.handler }),
    ...(clients && { limiter: new Limiter(clients) }),
    renderers: renderingsOf([inLines(textPlain), inHeaders, inLines(uriList), occiJson], inHeaders),
    ready: provider.ready,
    ...(config.metricsPublic && { metrics: metrics.exposition }),
    traffic,
    keepsTrail: audit !== undefined,
    ...(tracer && { tracer }),
    witnesses: [requestLogger(log), counted, ...(audit ? [audit] : [])],
  });
  return {
    server,
    fetch: (request, platform) => Promise.resolve(app.fetch(request, platform)),
    ready: provider.ready,
    metrics: metrics.exposition,
    drain: () => traffic.drain(),
    close() {
      closed ??= (async () => {
        traffic.drain();
        await traffic.idle();
        await closers.close();
      })();
      return closed;
    },
  };
}
