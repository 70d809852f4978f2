import { startPracticeServers } from './practice/practice-servers';
import {
  PracticeError,
  parseToHost,
  type FromPracticeHost,
  type ToPracticeHost,
} from './practice/practice-protocol';
import { textOfThrown } from './shared/thrown';

/** The process that started this one. */
interface Parent {
  post(message: FromPracticeHost): void;
  onMessage(listener: (message: unknown) => void): void;
  onGone(listener: () => void): void;
}

/** What Electron gives a utilityProcess in place of `process.send`. Declared here: this file must run without Electron. */
interface ParentPort {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { readonly data: unknown }) => void): void;
}

function isParentPort(value: unknown): value is ParentPort {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof Reflect.get(value, 'postMessage') === 'function'
  );
}

function findParent(): Parent {
  const port: unknown = Reflect.get(process, 'parentPort');
  if (isParentPort(port)) {
    return {
      post: (message) => port.postMessage(message),
      onMessage: (listener) => port.on('message', (event) => listener(event.data)),
      // Electron ends its utility processes itself when the main process is gone, killed or not.
      onGone: () => undefined,
    };
  }
  return {
    post: (message) => process.send?.(message),
    onMessage: (listener) => process.on('message', listener),
    onGone: (listener) => {
      process.on('disconnect', listener);
      // It may have gone while this program was still being read.
      if (!process.connected) listener();
    },
  };
}

function asFailure(error: unknown): FromPracticeHost {
  if (error instanceof PracticeError) {
    const { problem, message: sentence, detail } = error;
    return { kind: 'failed', problem, sentence, detail };
  }
  const detail = textOfThrown(error);
  return {
    kind: 'failed',
    problem: 'unexpected',
    sentence: 'The practice mailbox could not start.',
    detail,
  };
}

const parent = findParent();
let started = false;

function start(request: Extract<ToPracticeHost, { kind: 'start' }>): void {
  if (started) return;
  started = true;
  // After a failure the process stays, and hears from its parent that it shall stop.
  startPracticeServers(request).then(
    (ready) => parent.post(ready),
    (error: unknown) => parent.post(asFailure(error)),
  );
}

/** Ends the process; connections that are still open go with it, as they would with a server that is switched off. */
function stop(): void {
  process.exit(0);
}

parent.onMessage((raw) => {
  const message = parseToHost(raw);
  if (message?.kind === 'start') start(message);
  else if (message?.kind === 'stop') stop();
});
parent.onGone(stop);
