import { isMainThread, parentPort as workerPort, Worker } from 'node:worker_threads';
import i18next from 'i18next';
import { resources } from './shared/i18n/catalogue';
import { describeError } from './shared/messages';
import { serveEngine, systemClock, type MainPort } from './tunnel/index';
import { textOfThrown } from './shared/thrown';

/**
 * Entry of the tunnel host: the engine on one end of a message port. Runs as Electron's utilityProcess, where the
 * port is `process.parentPort`, or as a plain Node child with an IPC channel.
 *
 * In a utilityProcess the engine runs in a worker thread. There Chromium owns the main thread's loop, and a second
 * thread waits for the sockets on its behalf and wakes it for each event; a worker's loop is Node's own. That halves
 * the wake-ups and takes a thread switch out of every packet's way.
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
else serve(openPort());

/** Starts the engine in a thread and carries every message; the process ends with it. */
function passOn(main: ParentPort): void {
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

function serve(port: MainPort): void {
  // What mail programs are told is protocol text, and so stays English whatever the interface speaks.
  const english = i18next.createInstance({
    lng: 'en',
    resources,
    interpolation: { escapeValue: false },
  });
  void english.init();

  // The last resort: one connection's surprise must not end the others', but it must be known.
  process.on('uncaughtException', (error) => {
    port.post({ type: 'log', level: 'error', text: `uncaught: ${error.stack ?? error.message}` });
  });
  process.on('unhandledRejection', (reason) => {
    port.post({
      type: 'log',
      level: 'error',
      text: `unhandled rejection: ${textOfThrown(reason)}`,
    });
  });
  serveEngine({
    port,
    clock: systemClock,
    keyWorker: new URL('./key-worker.js', import.meta.url),
    inWords: (error) => describeError(error, (key, params) => english.t(key, { ...params })).title,
    onStopped: () => process.exit(0),
  });
}
