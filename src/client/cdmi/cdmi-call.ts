import { ClientError } from '../client-error.ts';
import { type Exchange, type Fields, noBody, type Send, type Source, type Take } from '../exchange.ts';
import { masked } from '../masked.ts';
import { refusal } from '../refusal.ts';
import { userAgent } from '../user-agent.ts';
import { type RootUrl, urlAt } from './remote-path.ts';

/** What calls are made with. */
export interface CdmiCaller {
  readonly send: Send;
  readonly root: RootUrl;
}

/** A request to a CDMI server. With media types of CDMI it is in the style of CDMI, else in that of plain HTTP. */
export interface CdmiCall {
  readonly method: 'GET' | 'PUT' | 'DELETE';
  readonly path: string;
  /** Fields that are meant, escaped (ISO/IEC 17826 §5.13.4). */
  readonly selectors?: readonly string[];
  readonly accept?: string;
  readonly contentType?: string;
  readonly json?: object;
  readonly source?: Source;
  readonly take?: Take;
  readonly fields?: Fields;
  readonly repeatable?: boolean;
}

/** The media types of CDMI (RFC 6208). */
export const objectType = 'application/cdmi-object';
export const containerType = 'application/cdmi-container';
export const queueType = 'application/cdmi-queue';
export const domainType = 'application/cdmi-domain';

/** Of everything that has children. */
export const treeTypes = [containerType, 'application/cdmi-capability', domainType].join(', ');

/** The versions that are spoken, of which the server chooses the highest it knows. */
const versions = ['X-CDMI-Specification-Version', '1.1.1, 1.1, 1.0.2'] as const;

/** Sends a request. @throws ClientError `refused` when the answer is no success, and what `send` throws */
export async function callCdmi({ send, root }: CdmiCaller, call: CdmiCall): Promise<Exchange> {
  const { method, path, selectors = [], accept, contentType, json, source, take, fields = [], repeatable } = call;
  const isCdmi = [accept, contentType].some((type) => type?.includes('application/cdmi-'));
  const request = {
    method,
    url: urlAt(root, path) + (selectors.length === 0 ? '' : `?${selectors.join(';')}`),
    headers: [
      ['User-Agent', userAgent()],
      ...(accept === undefined ? [] : [['Accept', accept] as const]),
      ...(contentType === undefined ? [] : [['Content-Type', contentType] as const]),
      ...(isCdmi ? [versions] : []),
      ...fields,
    ] satisfies Fields,
    body: json === undefined ? noBody : Buffer.from(JSON.stringify(json)),
    ...(source === undefined ? {} : { source }),
    ...(take === undefined ? {} : { take }),
    ...(repeatable === undefined ? {} : { repeatable }),
  };
  const exchange = masked(await send(request), request);
  const { status } = exchange.response;
  if (status >= 200 && status < 300) return exchange;
  throw refusal(exchange, adviceOn(status));
}

/** What to do about a refusal; undefined where that is the same everywhere. */
function adviceOn(status: number): string | undefined {
  switch (status) {
    case 400:
      return 'cdmi_capabilities/ tells what the server can do';
    case 404:
      return 'list the container to see what there is';
    case 409:
      return 'its present state does not allow it; look at its metadata';
    case 412:
      return 'it has changed meanwhile; look at it again';
    case 413:
      return 'the server does not take values of this size';
    case 507:
      return 'there is no room left at the server';
    default:
      return undefined;
  }
}

/** Whether the server has said that there is nothing. */
export function isMissing(error: unknown): boolean {
  return error instanceof ClientError && (error.details.status === 404 || error.details.status === 410);
}
