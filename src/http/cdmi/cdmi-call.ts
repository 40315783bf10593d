import type { CdmiPath } from '../../cdmi/path.ts';
import type { Selectors } from '../../cdmi/selectors.ts';
import type { Session } from '../../cdmi/session.ts';
import type { Incoming } from '../incoming.ts';
import type { ReplyHeaders } from '../reply.ts';
import type { Traffic } from '../traffic.ts';
import type { Accept } from './accept.ts';
import type { SpecificationVersion } from './specification-version.ts';

/** One request to CDMI on its way: who asks and for what is known, its body is not read yet. */
export interface CdmiCall {
  readonly session: Session;
  readonly incoming: Incoming;
  readonly path: CdmiPath;
  readonly selectors: Selectors;
  readonly accept: Accept;
  /** What is spoken; undefined where the client says nothing of CDMI. */
  readonly version: SpecificationVersion | undefined;
  /** Headers that every response of this request has. */
  readonly headers: ReplyHeaders;
  readonly settings: CdmiSettings;
}

/** How CDMI is spoken here. */
export interface CdmiSettings {
  /** The largest body that is no value, in bytes. */
  readonly bodyBytes: number;
  /** Containers may be made without the slash at the end of their URI, which ISO/IEC 17826 §9.2 forbids. */
  readonly slashless: boolean;
  readonly traffic: Traffic;
}
