/**
 * A client of OCCI servers of any make: it finds out what a server offers, speaks its rendering, and gives plain data.
 *
 * @example
 * const client = await connect({ endpoint: 'http://127.0.0.1:3000' });
 * const url = await client.create({ kind: 'compute', mixins: ['resource_tpl#small'] });
 * for await (const { attributes } of client.settled(url)) console.log(attributes['occi.compute.state']);
 *
 * @module
 */
export type { Attributes, Value } from '../occi/attribute.ts';
export type { AttributeMention } from '../occi/draft.ts';
export { Catalogue } from './catalogue.ts';
export { type CdmiClient, type CdmiOptions, openCdmi } from './cdmi/cdmi-client.ts';
export type { DomainLoad } from './cdmi/domain-load.ts';
export type { ByteRange, DownloadOptions } from './cdmi/download.ts';
export { FileSink } from './cdmi/file-sink.ts';
export { hasChildren, type RemoteObject } from './cdmi/remote-object.ts';
export type { Sink, ValueVersion } from './cdmi/sink.ts';
export { StreamSink } from './cdmi/stream-sink.ts';
export type { UploadOptions } from './cdmi/upload.ts';
export { fileSource, streamSource, type UploadPart, type UploadSource } from './cdmi/upload-source.ts';
export type { Condition, Outcome } from './changing.ts';
export { type Client, type ClientOptions, connect } from './client.ts';
export { ClientError, type ClientErrorDetails, type ClientErrorKind } from './client-error.ts';
export type { MemberFilter } from './collection.ts';
export type { Creation, LinkCreation } from './creation.ts';
export type { Credentials, KeystoneCredentials, KeystoneIdentity, KeystoneName } from './credentials.ts';
export {
  type Exchange,
  exchangeText,
  type Fields,
  field,
  fieldsNamed,
  type Send,
  type WireRequest,
  type WireResponse,
} from './exchange.ts';
export type { ListOptions } from './listing.ts';
export type { Offer } from './offer.ts';
export type { Quota } from './quota.ts';
export type { RemoteEntity, RemoteLink } from './remote-entity.ts';
export { type Rendering, renderings } from './rendering.ts';
export { type SettleOptions, stateOf } from './settling.ts';
export type { UserMixin } from './user-mixins.ts';
export { openWire, type TlsOptions, type Wire, type WireOptions } from './wire.ts';
export type { LinkWording, Wording } from './wording.ts';
