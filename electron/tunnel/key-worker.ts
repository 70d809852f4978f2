import { parentPort } from 'node:worker_threads';
import { openKey } from './private-key';

/** A worker thread that opens encrypted keys, so that their key derivation does not stall the tunnels. */
export interface KeyWorkerRequest {
  readonly text: string;
  readonly passphrase: string;
}

parentPort?.once('message', (request: KeyWorkerRequest) => {
  parentPort?.postMessage(openKey(request.text, request.passphrase));
});
