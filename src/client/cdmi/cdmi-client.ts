import { spaceOf } from '../location.ts';
import { openSender, type SenderOptions } from '../sender.ts';
import { makeContainer, remove, setMetadata, transfer } from './changing.ts';
import { childrenOf } from './children.ts';
import { type DomainLoad, domainLoad } from './domain-load.ts';
import { type DownloadOptions, download } from './download.ts';
import { find, look, type RemoteObject } from './remote-object.ts';
import { asContainer, urlAt } from './remote-path.ts';
import type { Sink } from './sink.ts';
import { type UploadOptions, upload } from './upload.ts';
import type { UploadSource } from './upload-source.ts';

/** How a client of CDMI is connected. */
export interface CdmiOptions extends SenderOptions {
  /** The URL below which the server is, `https://cloud.example.org:11443`. */
  readonly endpoint: string;
  /** The path of the root container below that; `/cdmi/`. */
  readonly root?: string;
}

/**
 * A client of a CDMI server of any make, 1.0.2 or 1.1. Objects are named by their path below the root as people write
 * it, without escapes, `photos/At the sea.jpg`; containers end with a slash; `cdmi_objectid/…` names one by its ID. All
 * operations reject with `ClientError`.
 */
export interface CdmiClient {
  /** The root URI, with its final slash. */
  readonly root: string;
  urlOf(path: string): string;
  /** See {@link look}. */
  look(path: string): Promise<RemoteObject>;
  /** See {@link find}. */
  find(path: string): Promise<RemoteObject | undefined>;
  /** See {@link childrenOf}. */
  children(path: string): AsyncIterable<string>;
  /** See {@link domainLoad}. */
  domainLoad(path: string): Promise<DomainLoad | undefined>;
  /** See {@link makeContainer}. */
  makeContainer(path: string): Promise<void>;
  /** See {@link upload}. */
  upload(path: string, source: UploadSource, options?: UploadOptions): Promise<void>;
  /** See {@link download}. */
  download(object: RemoteObject, sink: Sink, options?: DownloadOptions): Promise<void>;
  /** See {@link remove}. */
  remove(path: string): Promise<void>;
  /** See {@link transfer}. */
  copy(source: RemoteObject, path: string): Promise<void>;
  /** See {@link transfer}. */
  move(source: RemoteObject, path: string): Promise<void>;
  /** See {@link setMetadata}. */
  setMetadata(object: RemoteObject, items: Readonly<Record<string, unknown>>): Promise<void>;
  /** Closes the connections. */
  close(): void;
}

/** Opens a client. Nothing is sent yet. @throws ClientError when the endpoint is no URL, or has credentials in it */
export function openCdmi(options: CdmiOptions): CdmiClient {
  const { origin, prefix } = spaceOf(options.endpoint);
  const below = (options.root ?? '/cdmi/').replace(/^\/+|\/+$/g, '');
  const root = asContainer(`${origin}${prefix}/${below}`);
  const { send, close } = openSender(options);
  const caller = { send, root };
  const { retries, pauseMs } = options;
  const patience = { ...(retries === undefined ? {} : { retries }), ...(pauseMs === undefined ? {} : { pauseMs }) };
  return {
    root,
    urlOf: (path) => urlAt(root, path),
    look: (path) => look(caller, path),
    find: (path) => find(caller, path),
    children: (path) => childrenOf(caller, path),
    domainLoad: (path) => domainLoad(caller, path),
    makeContainer: (path) => makeContainer(caller, path),
    upload: (path, source, own) => upload(caller, path, source, own),
    download: (object, sink, own) => download(caller, object, sink, { ...patience, ...own }),
    remove: (path) => remove(caller, path),
    copy: (source, path) => transfer(caller, 'copy', source, path),
    move: (source, path) => transfer(caller, 'move', source, path),
    setMetadata: (object, items) => setMetadata(caller, object, items),
    close,
  };
}
