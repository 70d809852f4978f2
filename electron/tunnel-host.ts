import i18next from 'i18next';
import { resources } from './shared/i18n/catalogue';
import { describeError } from './shared/messages';
import { serveEngine, systemClock, type MainPort } from './tunnel/index';
import { textOfThrown } from './shared/thrown';

/**
 * Entry of the tunnel host: the engine on one end of a message port. Runs as Electron's utilityProcess, where the
 * port is `process.parentPort`, or as a plain Node child with an IPC channel.
 */

/** Electron's end of the port, by its shape: this file must run without Electron too. */
interface ParentPort {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { data: unknown }) => void): void;
}

function openPort(): MainPort {
  const { parentPort } = process as { parentPort?: ParentPort };
  if (parentPort !== undefined)
    return {
      post: (event) => parentPort.postMessage(event),
      onMessage: (listener) => parentPort.on('message', ({ data }) => listener(data)),
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

const port = openPort();
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
  port.post({ type: 'log', level: 'error', text: `unhandled rejection: ${textOfThrown(reason)}` });
});
// Ctrl-C in a terminal reaches the whole process group; the main process ends this one in its own order.
process.on('SIGINT', () => undefined);

serveEngine({
  port,
  clock: systemClock,
  keyWorker: new URL('./key-worker.js', import.meta.url),
  inWords: (error) => describeError(error, (key, params) => english.t(key, { ...params })).title,
  onStopped: () => process.exit(0),
});
