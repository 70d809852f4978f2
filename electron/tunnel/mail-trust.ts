import { readFile } from 'node:fs/promises';
import * as tls from 'node:tls';

/** Where the systems that have one keep all the authorities they trust, as PEM; the first that is there counts. */
const SYSTEM_BUNDLES = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
];

/** Newer run-times read the keychain and the Windows store too. */
const { getCACertificates } = tls as { getCACertificates?: (store: 'system') => string[] };

const contexts = new Map<string | null, Promise<tls.SecureContext>>();

/**
 * Whom mail servers' certificates may come from: the authorities that this computer trusts. Made once, since that takes
 * a while; an authority that is added to the computer counts after a restart.
 *
 * @param extraCaFile one more file of PEM, for tests
 */
export function trustForMail(extraCaFile: string | null): Promise<tls.SecureContext> {
  const known = contexts.get(extraCaFile);
  if (known !== undefined) return known;
  const made = makeContext(extraCaFile);
  contexts.set(extraCaFile, made);
  // What could not be read now may be read at the next attempt.
  made.catch(() => contexts.delete(extraCaFile));
  return made;
}

async function makeContext(extraCaFile: string | null): Promise<tls.SecureContext> {
  const extra = extraCaFile === null ? [] : [await readFile(extraCaFile, 'utf8')];
  return tls.createSecureContext({
    ca: [...(await systemAuthorities()), ...extra],
    minVersion: 'TLSv1.2',
  });
}

/** A system's own file is complete; a store is not (Windows fills its own as it goes), so the run-time's list is added. */
async function systemAuthorities(): Promise<readonly string[]> {
  for (const file of SYSTEM_BUNDLES) {
    const bundle = await readFile(file, 'utf8').catch(() => null);
    if (bundle !== null) return [bundle];
  }
  return [...tls.rootCertificates, ...(getCACertificates?.('system') ?? [])];
}
