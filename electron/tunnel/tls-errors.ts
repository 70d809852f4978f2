import { isIP } from 'node:net';
import type { Forward } from '../shared/account';
import type { CertificateTrouble, TunnelError } from '../shared/tunnel-error';
import { cleanServerText } from './error-mapping';

/** The name to ask a mail server's TLS for. An address is none (RFC 6066, 3); it is looked for in the certificate all the same. */
export function serverNameOf(mailHost: string): { servername?: string } {
  return isIP(mailHost) === 0 ? { servername: mailHost } : {};
}

/**
 * Why TLS did not come about.
 *
 * @param plainStart what the server said first when that was no TLS
 */
export function handshakeError(
  error: Error,
  plainStart: Buffer | null,
  { mailHost, mailPort }: Forward,
): TunnelError {
  const at = { mailHost, mailPort };
  if (plainStart !== null) {
    const detail = cleanServerText(plainStart.toString('utf8')).slice(0, 512);
    return { kind: 'tls-failed', ...at, reason: 'plain-there', detail };
  }
  const code = (error as NodeJS.ErrnoException).code ?? '';
  const detail = cleanServerText(error.message);
  const reason = CERTIFICATE_TROUBLES[code];
  if (reason !== undefined) return { kind: 'certificate-refused', ...at, reason, detail };
  if (/^CERT_|_CERT|CRL/.test(code))
    return { kind: 'certificate-refused', ...at, reason: 'other', detail };
  if (/^(ERR_SSL_|EPROTO)/.test(code))
    return { kind: 'tls-failed', ...at, reason: 'no-agreement', detail };
  return { kind: 'no-greeting', ...at, detail };
}

/** The codes that Node gives for a certificate that it does not take (X509_V_ERR_*). */
const CERTIFICATE_TROUBLES: Readonly<Record<string, CertificateTrouble>> = {
  ERR_TLS_CERT_ALTNAME_INVALID: 'wrong-name',
  HOSTNAME_MISMATCH: 'wrong-name',
  CERT_HAS_EXPIRED: 'expired',
  CERT_NOT_YET_VALID: 'not-yet-valid',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'unknown-issuer',
  SELF_SIGNED_CERT_IN_CHAIN: 'unknown-issuer',
  UNABLE_TO_GET_ISSUER_CERT: 'unknown-issuer',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'unknown-issuer',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'unknown-issuer',
  CERT_UNTRUSTED: 'unknown-issuer',
  INVALID_CA: 'other',
  INVALID_PURPOSE: 'other',
  PATH_LENGTH_EXCEEDED: 'other',
};
