import { randomUUID } from 'node:crypto';
import type { AccountId } from '../shared/account';
import type { PromptAnswer, PromptId } from '../shared/prompt';
import { assertNever } from '../shared/result';
import type { TunnelError } from '../shared/tunnel-error';
import { KeyRing } from '../secrets/key-ring';
import { HostKeys } from './host-keys';
import { commandSchema, type HostCommand, type HostEvent } from './host-protocol';
import { KeyDesk } from './key-desk';
import { KeyOpener } from './key-opener';
import { clearsUp } from './leftovers';
import type { AskedPrompt, Clock, EngineSettings, Log, Prompter } from './ports';
import { TunnelManager } from './tunnel-manager';

/** The tunnel host's end of the message port. */
export interface MainPort {
  post(event: HostEvent): void;
  onMessage(listener: (message: unknown) => void): void;
}

export interface HostServerOptions {
  readonly port: MainPort;
  readonly clock: Clock;
  /** The compiled `key-worker.ts`. */
  readonly keyWorker: URL;
  readonly inWords: (error: TunnelError) => string;
  /** Collects garbage at once; null where the process was not started so that it can. */
  readonly collect: (() => void) | null;
  /** Called once everything is hung up. */
  readonly onStopped: () => void;
}

/** Runs the engine on one end of a message port: commands in, states and questions out. */
export function serveEngine(options: HostServerOptions): void {
  const { port } = options;
  const log: Log = (level, text) => port.post({ type: 'log', level, text });
  const prompts = new HostPrompts(port);
  let engine: Engine | null = null;
  port.onMessage((message) => {
    const parsed = commandSchema.safeParse(message);
    if (!parsed.success) {
      log('error', `a message from the main process was not understood: ${parsed.error.message}`);
      return;
    }
    const command = parsed.data;
    if (command.type === 'settings') {
      if (engine === null) engine = startEngine(options, command.settings, prompts, log);
      else engine.settings = command.settings;
      return;
    }
    if (engine === null) log('error', `${command.type} came before the settings`);
    else void obey(engine, command, options, prompts);
  });
  port.post({ type: 'hello' });
}

interface Engine {
  settings: EngineSettings;
  readonly manager: TunnelManager;
  readonly keyRing: KeyRing;
  readonly keyDesk: KeyDesk;
}

function startEngine(
  options: HostServerOptions,
  settings: EngineSettings,
  prompter: Prompter,
  log: Log,
): Engine {
  const { port, clock, keyWorker, inWords, collect } = options;
  const keyRing = new KeyRing((ms, forget) => clock.after(ms, forget));
  const deps = {
    settings: () => engine.settings,
    hostKeys: new HostKeys(settings.knownHostsFiles, settings.ownKnownHostsFile),
    keyRing,
    opener: new KeyOpener(keyWorker),
    prompter,
    clock,
    log,
  };
  const held = (): number => process.memoryUsage.rss();
  const somethingHappened =
    collect === null ? (): void => undefined : clearsUp({ clock, held, collect });
  const manager = new TunnelManager({
    ...deps,
    inWords,
    onState: (id, state, traffic, session) => {
      port.post({ type: 'state', id, state, traffic, session });
      somethingHappened();
    },
  });
  const keyDesk = new KeyDesk({ deps, worker: keyWorker, post: (event) => port.post(event) });
  const engine: Engine = { settings, manager, keyRing, keyDesk };
  return engine;
}

async function obey(
  engine: Engine,
  command: Exclude<HostCommand, { type: 'settings' }>,
  options: HostServerOptions,
  prompts: HostPrompts,
): Promise<void> {
  const { manager, keyDesk } = engine;
  switch (command.type) {
    case 'set-account':
      manager.set(command.account, command.by, command.dial);
      return;
    case 'remove-account':
      await manager.remove(command.id);
      return;
    case 'try-now':
      manager.tryNow(command.id);
      return;
    case 'check':
      manager.check(command.id, command.by);
      return;
    case 'accept-changed-key':
      manager.acceptChangedKey(command.id, command.fingerprint);
      return;
    case 'answer':
      prompts.answer(command.id, command.answer);
      return;
    case 'network':
      manager.networkChanged(command.online);
      return;
    case 'power':
      manager.power(command.what);
      return;
    case 'make-key':
      await keyDesk.make(command.request, command.path, command.passphrase, command.comment);
      return;
    case 'install-key':
      await keyDesk.install(command.request, command.account, command.keyPath);
      return;
    case 'take-keys':
      await keyDesk.takeOver(command.request, command.servers);
      return;
    case 'cancel-request':
      keyDesk.cancel(command.request);
      return;
    case 'lock':
      engine.keyRing.lock();
      return;
    case 'shut-down':
      keyDesk.cancelAll();
      await manager.closeAll();
      options.port.post({ type: 'stopped' });
      options.onStopped();
      return;
    default:
      assertNever(command);
  }
}

/** Questions on their way to a person: posted to the main process by id, answered or taken back. */
class HostPrompts implements Prompter {
  readonly #port: MainPort;
  readonly #open = new Map<PromptId, (answer: PromptAnswer) => void>();

  constructor(port: MainPort) {
    this.#port = port;
  }

  ask(
    accountId: AccountId,
    request: Parameters<Prompter['ask']>[1],
    signal: AbortSignal,
  ): AskedPrompt {
    const id = randomUUID();
    const answer = new Promise<PromptAnswer>((resolve, reject) => {
      const withdraw = () => {
        this.#close(id);
        reject(new Error('the question was taken back'));
      };
      this.#open.set(id, (given) => {
        signal.removeEventListener('abort', withdraw);
        this.#close(id);
        resolve(given);
      });
      signal.addEventListener('abort', withdraw, { once: true });
      this.#port.post({ type: 'prompt', id, accountId, request });
    });
    return { id, answer };
  }

  answer(id: PromptId, answer: PromptAnswer): void {
    this.#open.get(id)?.(answer);
  }

  #close(id: PromptId): void {
    if (this.#open.delete(id)) this.#port.post({ type: 'prompt-gone', id });
  }
}
