import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { needProgram } from './child.ts';
import type { WorldFolder } from './world-folder.ts';

const run = promisify(execFile);

export interface Certificates {
  /** What a client must trust; PEM. */
  readonly caFile: string;
  readonly certificateFile: string;
  readonly keyFile: string;
}

const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];

/** Makes a certificate authority and, signed by it, a certificate for one host name, by real openssl. */
export async function makeCertificates(
  folder: WorldFolder,
  hostName: string,
): Promise<Certificates> {
  const openssl = (...args: readonly string[]) => run(needProgram('openssl', 'openssl'), args);
  const files = {
    caFile: folder.file('ca.pem'),
    certificateFile: folder.file('server.pem'),
    keyFile: folder.file('server.key'),
  };
  const caKey = folder.file('ca.key');
  const request = folder.file('server.csr');
  const extensions = await folder.write('extensions', `subjectAltName = DNS:${hostName}\n`);
  const ca = ['-subj', '/CN=Mailmole test authority', '-keyout', caKey, '-out', files.caFile];
  await openssl('req', '-x509', '-days', '30', ...NEW_KEY, ...ca);
  const server = ['-subj', `/CN=${hostName}`, '-keyout', files.keyFile, '-out', request];
  await openssl('req', '-new', ...NEW_KEY, ...server);
  const signer = ['-CA', files.caFile, '-CAkey', caKey, '-CAcreateserial'];
  const result = ['-in', request, '-out', files.certificateFile, '-extfile', extensions];
  await openssl('x509', '-req', '-days', '30', ...signer, ...result);
  return files;
}
