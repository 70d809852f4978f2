import { setFlagsFromString } from 'node:v8';
import { isMainThread, parentPort as workerPort, Worker } from 'node:worker_threads';
import type { MainPort } from './tunnel/index';

/**
 * Entry of the tunnel host: the engine on one end of a message port. Runs as Electron's utilityProcess, where the
 * port is `process.parentPort`, or as a plain Node child with an IPC channel.
 *
 * In a utilityProcess the engine runs in a worker thread. There Chromium owns the main thread's loop, and a second
 * thread waits for the sockets on its behalf and wakes it for each event; a worker's loop is Node's own. That halves
 * the wake-ups and takes a thread switch out of every packet's way. The main thread then reads nothing of the engine,
 * which would take it 4 MiB.
 */

/** Electron's end of the port, by its shape: this file must run without Electron too. */
interface ParentPort {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { data: unknown }) => void): void;
}

const { parentPort } = process as { parentPort?: ParentPort };
// Ctrl-C in a terminal reaches the whole process group; the main process ends this one in its own order.
if (isMainThread) process.on('SIGINT', () => undefined);
if (isMainThread && parentPort !== undefined) passOn(parentPort);
else runEngine(openPort());

function runEngine(port: MainPort): void {
  const keyWorker = new URL('./key-worker.js', import.meta.url);
  void import('./tunnel-engine').then(({ serve }) => serve(port, keyWorker));
}

/** Starts the engine in a thread and carries every message; the process ends with it. */
function passOn(main: ParentPort): void {
  // A utilityProcess tells V8 nothing of its own flags. This holds for threads that begin after it.
  setFlagsFromString('--expose-gc');
  const engine = new Worker(new URL(import.meta.url));
  main.on('message', ({ data }) => engine.postMessage(data));
  engine.on('message', (message: unknown) => main.postMessage(message));
  engine.on('error', (error) => {
    const text = `the engine's thread ended: ${error.stack ?? error.message}`;
    main.postMessage({ type: 'log', level: 'error', text });
  });
  engine.once('exit', (code) => process.exit(code));
}

function openPort(): MainPort {
  const thread = workerPort;
  if (thread !== null)
    return {
      post: (event) => thread.postMessage(event),
      onMessage: (listener) => void thread.on('message', listener),
    };
  // Without a parent nobody could use the tunnels or end them.
  process.on('disconnect', () => process.exit(0));
  // It may have gone while this program was still being read.
  if (!process.connected) process.exit(0);
  return {
    post: (event) => void process.send?.(event),
    onMessage: (listener) => void process.on('message', listener),
  };
}
