import { authenticated } from './authenticated.ts';
import type { Credentials } from './credentials.ts';
import type { Send } from './exchange.ts';
import { redirected } from './redirected.ts';
import { type RetryOptions, repeated } from './repeated.ts';
import { openWire, type Wire, type WireOptions } from './wire.ts';

/** How requests get to a server: over which connections, how often, and from whom. */
export interface SenderOptions extends WireOptions, RetryOptions {
  /** Who the client is; nobody in particular without them. */
  readonly credentials?: Credentials;
}

/** Opens what sends requests with credentials, follows redirections, and repeats what may be repeated. */
export function openSender(options: SenderOptions): Wire {
  const wire = openWire(options);
  const send: Send = redirected(repeated(wire.send, options));
  return { send: authenticated(send, options.credentials ?? { method: 'none' }), close: wire.close };
}
