import type { X509Certificate } from 'node:crypto';
import { TLSSocket } from 'node:tls';
import type { Followed } from '../../../gateway/followed-file.ts';
import { OcciError } from '../../../occi/errors.ts';
import type { Authenticator } from '../authenticator.ts';
import { type DistinguishedName, readSubject, slashForm } from './distinguished-name.ts';
import type { SubjectMap } from './map-file.ts';

/** How certificates of clients are taken. */
export interface X509Options {
  readonly subjects: Followed<SubjectMap>;
  readonly log: (message: string, detail: object) => void;
}

/** A certificate that a client has shown, looked at once for each connection. */
interface Shown {
  readonly subject: DistinguishedName;
  readonly expires: number;
  /** What TLS has against it. */
  readonly mistake?: string;
}

/** The object identifier of attribute certificates of VOMS in DER: 1.3.6.1.4.1.8005.100.100.5. */
const vomsExtension = Buffer.from('060a2b06010401be45646405', 'hex');

/**
 * Certificates that clients show in the TLS handshake. Whether they are good has been decided there, by the authorities
 * that the operator trusts; here their subjects become users.
 */
export function x509Authenticator({ subjects, log }: X509Options): Authenticator {
  const seen = new WeakMap<TLSSocket, Shown | 'none'>();

  const look = (socket: TLSSocket): Shown | 'none' => {
    const certificate = socket.getPeerX509Certificate();
    if (certificate === undefined) return 'none';
    const subject = readSubject(certificate.subject ?? '');
    const { fingerprint256: fingerprint } = certificate;
    if (hasVoms(certificate)) {
      log('an attribute certificate of VOMS is not read', { subject: slashForm(subject), fingerprint });
    }
    const expires = Date.parse(certificate.validTo);
    if (socket.authorized) return { subject, expires };
    return { subject, expires, mistake: String(socket.authorizationError ?? 'nobody trusted has signed it') };
  };
  return {
    async authenticate({ socket }) {
      if (!(socket instanceof TLSSocket)) return undefined;
      let shown = seen.get(socket);
      if (shown === undefined) {
        shown = look(socket);
        seen.set(socket, shown);
      }
      if (shown === 'none') return undefined;
      const { subject, expires, mistake } = shown;
      if (mistake !== undefined) {
        throw new OcciError('unauthenticated', `the certificate of the client is not good: ${mistake}`);
      }
      // A connection may live longer than the certificate it was made with.
      if (expires <= Date.now()) throw new OcciError('unauthenticated', 'the certificate of the client has ended');
      const known = subjects.current.get(subject);
      if (known !== undefined) return { ...known, expires };
      throw new OcciError('unauthenticated', `nobody here has the certificate of ${slashForm(subject)}`);
    },
    async close() {
      subjects.close();
    },
  };
}

function hasVoms({ raw }: X509Certificate): boolean {
  return raw.includes(vomsExtension);
}
