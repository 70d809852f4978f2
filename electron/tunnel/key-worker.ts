import { parentPort } from 'node:worker_threads';
import { openKeyBytes } from './key-forms';
import { generateKey, type KeyMakeRequest } from './key-generation';

/** A worker thread that opens encrypted keys and makes new ones, so that their key derivation does not stall the tunnels. */
export interface KeyWorkerRequest {
  /** The whole key file; a Buffer arrives as the plain array that it is. */
  readonly bytes: Uint8Array;
  readonly passphrase: string;
}

parentPort?.once('message', (request: KeyWorkerRequest | KeyMakeRequest) => {
  if ('make' in request) {
    parentPort?.postMessage(generateKey(request));
    return;
  }
  const { bytes, passphrase } = request;
  // What goes wrong here is an `error` event of the worker, which the opener waits for.
  void openKeyBytes(Buffer.from(bytes), passphrase).then((opened) =>
    parentPort?.postMessage(opened),
  );
});
