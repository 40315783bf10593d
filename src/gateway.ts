import type { Backend } from './backends/backend.ts';
import { embeddedBackend } from './backends/embedded/embedded.ts';
import { type Config, readConfig } from './config.ts';
import { loadModelFiles } from './gateway/model-files.ts';
import { type OpenProvider, openProvider } from './gateway/open-provider.ts';
import { gatewayApp } from './http/gateway-app.ts';
import type { PlatformBindings } from './http/incoming.ts';
import { renderingsOf } from './http/renderings.ts';
import type { RequestLog } from './http/request-log.ts';
import { Traffic } from './http/traffic.ts';
import { serverHeader } from './http/versions.ts';
import { Model, type ModelFragment } from './occi/model.ts';
import { occiJson } from './renderers/occi-json.ts';
import { textOcci } from './renderers/text-occi.ts';
import { textPlain } from './renderers/text-plain.ts';
import { uriList } from './renderers/uri-list.ts';
import { openSqliteStore } from './store/sqlite/sqlite-store.ts';
import { version } from './version.ts';

/** What a gateway is made of. Everything has a default; see `docs/configuration.md` for the settings. */
export interface GatewayOptions extends Partial<Omit<Config, 'backend' | 'host' | 'port'>> {
  /** What makes entities real: the embedded machines, or backends of your own. */
  readonly backend?: 'embedded' | readonly Backend[];
  /** Model files of your own, on top of those of the standard. */
  readonly modelFiles?: readonly string[];
  /** The whole model, in place of that of the standard. */
  readonly model?: readonly ModelFragment[];
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
  /** From now on new requests are answered with 503; those in flight finish. */
  drain(): void;
  /** Drains, waits for the requests in flight, and closes everything. Nothing acknowledged is lost. */
  close(): Promise<void>;
}

const silent: GatewayLog = { info() {}, warn() {}, error() {} };

/**
 * Opens a gateway.
 *
 * @throws Error when the model does not fit together, or the data directory is in use or of a newer version
 */
export async function createGateway(options: GatewayOptions = {}): Promise<Gateway> {
  const config: Config = { ...readConfig({}), ...options, backend: 'embedded' };
  const log = options.log ?? silent;
  const store = await openSqliteStore({ directory: config.dataDir, cachedViews: config.cachedEntities });
  let backends: readonly Backend[] = [];
  let open: OpenProvider;
  try {
    backends = typeof options.backend === 'object' ? options.backend : [await embedded(config, log, () => open)];
    const fragments = options.model ?? loadModelFiles(extraModelFiles(options));
    const model = new Model([...fragments, ...backends.map(({ offers }) => offers)]);
    open = await openProvider({
      store,
      model,
      backends,
      limits: { pageSize: config.maxPageSize, defaultPageSize: config.pageSize, batch: config.maxBatch },
      templateScheme: config.templateScheme,
      log,
    });
  } catch (error) {
    await Promise.all(backends.map((backend) => backend.close()));
    await store.close();
    throw error;
  }
  return serving(config, open, log);
}

function extraModelFiles({ modelDir, modelFiles = [] }: GatewayOptions): readonly string[] {
  return modelDir === undefined ? modelFiles : [modelDir, ...modelFiles];
}

function serving(config: Config, open: OpenProvider, log: GatewayLog): Gateway {
  const traffic = new Traffic();
  let closed: Promise<void> | undefined;
  const inHeaders = textOcci({ maxHeaderBytes: config.maxResponseHeaderBytes });
  const server = serverHeader(version, open.provider.catalogue.model);
  const app = gatewayApp({
    provider: open.provider,
    server,
    addressing: {
      prefix: config.prefix,
      trustProxy: config.trustProxy,
      ...(config.publicUrl === undefined ? {} : { publicUrl: config.publicUrl }),
    },
    limits: { bodyBytes: config.maxBodyBytes },
    renderers: renderingsOf([textPlain, inHeaders, uriList, occiJson], inHeaders),
    log,
    ready: open.ready,
    traffic,
  });
  return {
    server,
    fetch: (request, platform) => Promise.resolve(app.fetch(request, platform)),
    ready: open.ready,
    drain: () => traffic.drain(),
    close() {
      closed ??= (async () => {
        traffic.drain();
        await traffic.idle();
        await open.close();
      })();
      return closed;
    },
  };
}

function embedded(config: Config, log: GatewayLog, open: () => OpenProvider): Promise<Backend> {
  return embeddedBackend({
    directory: config.dataDir,
    delayMs: config.fakeDelayMs,
    timeoutMs: config.backendTimeoutMs,
    templateScheme: config.templateScheme,
    model: () => open().provider.catalogue.model,
    log: (message, detail) => log.warn({ detail }, message),
  });
}
