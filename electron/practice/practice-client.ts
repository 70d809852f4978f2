import type { HostProcess } from '../tunnel/ports';
import {
  PracticeError,
  parseFromHost,
  type PracticeReady,
  type ToPracticeHost,
} from './practice-protocol';
import { textOfThrown } from '../shared/thrown';

type Ports = Extract<ToPracticeHost, { kind: 'start' }>['ports'];

/** How the main process runs the practice mailbox. */
export interface PracticeOptions {
  /** Makes a process that runs `practice-host`. */
  readonly spawn: () => HostProcess;
  /** Absolute path of a folder for its keys; made when it is missing. */
  readonly folder: string;
  /** The ports it had last time, taken again when they are free; null the first time. */
  readonly preferredPorts: Ports | null;
  /** Called at most once, when the servers are gone for good though nobody stopped them. */
  readonly onStopped?: (error: PracticeError) => void;
}

/** The practice mailbox, running. Its ports stay the same until it is stopped. */
export interface Practice extends Omit<PracticeReady, 'kind'> {
  /** Stops the servers and their process; resolves when it is gone, after 3 seconds at the latest. */
  stop(): Promise<void>;
}

const START_MS = 20_000;
const STOP_MS = 3000;
/** Crashes within ten minutes after which it is left alone. */
const MAX_CRASHES = 3;
const TEN_MINUTES = 10 * 60_000;

/** One process of the practice host. */
interface Run {
  readonly ready: Promise<PracticeReady>;
  /** Resolves when the process has ended, with what is known of why. */
  readonly gone: Promise<string>;
  end(): Promise<void>;
}

function awaitReady(host: HostProcess, gone: Promise<string>): Promise<PracticeReady> {
  return new Promise<PracticeReady>((resolve, reject) => {
    const late = setTimeout(() => {
      reject(
        new PracticeError('late', 'The practice mailbox did not start in time. Try again.', ''),
      );
    }, START_MS);
    host.onMessage((raw) => {
      const message = parseFromHost(raw);
      if (message === null) return;
      clearTimeout(late);
      if (message.kind === 'ready') resolve(message);
      else reject(new PracticeError(message.problem, message.sentence, message.detail));
    });
    void gone.then((detail) => {
      clearTimeout(late);
      reject(
        new PracticeError(
          'stopped',
          'The practice mailbox stopped while starting. Try again.',
          detail,
        ),
      );
    });
  });
}

/** Asks a process to stop, and ends it when it does not do so in time. */
async function end(host: HostProcess, gone: Promise<string>): Promise<void> {
  const late = setTimeout(() => host.kill(), STOP_MS);
  host.post({ kind: 'stop' } satisfies ToPracticeHost);
  await gone;
  clearTimeout(late);
}

function launch(options: PracticeOptions, ports: Ports, otherPortsWillDo: boolean): Run {
  const host = options.spawn();
  let isGone = false;
  const gone = new Promise<string>((resolve) => {
    host.onExit((detail) => {
      isGone = true;
      resolve(detail);
    });
  });
  const ready = awaitReady(host, gone);
  host.post({
    kind: 'start',
    folder: options.folder,
    ports,
    otherPortsWillDo,
  } satisfies ToPracticeHost);
  return { ready, gone, end: async () => (isGone ? undefined : end(host, gone)) };
}

/** Keeps the practice host running: after a crash once more, on the same ports. */
class Keeper {
  readonly #options: PracticeOptions;
  readonly #ports: Ports;
  #run: Run;
  #stopping = false;

  constructor(options: PracticeOptions, ports: Ports, run: Run) {
    this.#options = options;
    this.#ports = ports;
    this.#run = run;
    void this.#watch();
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#run.end();
  }

  async #watch(): Promise<void> {
    let crashes: number[] = [];
    let failure: PracticeError | null = null;
    for (;;) {
      const detail = await this.#run.gone;
      if (this.#stopping) return;
      const now = Date.now();
      crashes = [...crashes.filter((at) => now - at < TEN_MINUTES), now];
      if (crashes.length > MAX_CRASHES) {
        this.#options.onStopped?.(failure ?? stoppedTooOften(detail));
        return;
      }
      failure = await this.#restart();
    }
  }

  /** Starts the host again; returns why it did not come up, or null when it did. */
  async #restart(): Promise<PracticeError | null> {
    try {
      this.#run = launch(this.#options, this.#ports, false);
      await this.#run.ready;
      return null;
    } catch (error) {
      await this.#run.end();
      return error instanceof PracticeError ? error : stoppedTooOften(textOfThrown(error));
    }
  }
}

function stoppedTooOften(detail: string): PracticeError {
  const sentence = 'The practice mailbox stopped several times and was left off.';
  return new PracticeError('stopped', sentence, detail);
}

/**
 * Starts the practice mailbox in a process of its own and keeps it running until it is stopped: a crash is mended by
 * starting it again on the same ports, at most three times in ten minutes.
 *
 * @throws PracticeError when it cannot start; its message is a sentence for a person.
 */
export async function startPractice(options: PracticeOptions): Promise<Practice> {
  const run = launch(options, options.preferredPorts ?? { ssh: 0, pop3: 0 }, true);
  try {
    const { sshPort, pop3Port, user, keyPath, passphrase } = await run.ready;
    const keeper = new Keeper(options, { ssh: sshPort, pop3: pop3Port }, run);
    return { sshPort, pop3Port, user, keyPath, passphrase, stop: () => keeper.stop() };
  } catch (error) {
    await run.end();
    throw error;
  }
}
