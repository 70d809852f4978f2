import i18next from 'i18next';
import { resources } from './shared/i18n/catalogue';
import { describeError } from './shared/messages';
import { textOfThrown } from './shared/thrown';
import { serveEngine, systemClock, type MainPort } from './tunnel/index';

/**
 * Runs the engine on a port, for as long as the process lives; `tunnel-host.ts` says in which thread.
 *
 * @param keyWorker the compiled `key-worker.ts`
 */
export function serve(port: MainPort, keyWorker: URL): void {
  // It is there when V8 was told --expose-gc.
  const { gc } = globalThis;
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
    keyWorker,
    inWords: (error) => describeError(error, (key, params) => english.t(key, { ...params })).title,
    collect:
      gc === undefined
        ? null
        : () => {
            gc();
          },
    onStopped: () => process.exit(0),
  });
}
