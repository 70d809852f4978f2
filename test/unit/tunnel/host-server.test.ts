import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  eventSchema,
  type HostCommand,
  type HostEvent,
} from '../../../electron/tunnel/host-protocol';
import { serveEngine } from '../../../electron/tunnel/host-server';
import type { EngineSettings } from '../../../electron/tunnel/ports';
import { systemClock } from '../../../electron/tunnel/system-clock';
import { findFreePort } from '../../../electron/tunnel/free-port';
import { until } from '../../world/wait';
import { makeWorldFolder, type WorldFolder } from '../../world/world-folder';
import { startAuthServer, type AuthServer } from './auth-server';
import { accountOf, forwardOf } from './stand-ins';

type Of<T extends HostEvent['type']> = Extract<HostEvent, { type: T }>;

describe('the engine on its end of the port', () => {
  let folder: WorldFolder;
  let server: AuthServer;
  let settings: EngineSettings;
  let events: HostEvent[];
  let stopped: boolean;
  let hear: (message: unknown) => void;

  beforeEach(async () => {
    folder = await makeWorldFolder('host-server');
    server = await startAuthServer({ ways: [['password']], password: 'right' });
    settings = {
      knownHostsFiles: [],
      ownKnownHostsFile: folder.file('own'),
      defaultKeyFiles: [],
      agentSocket: null,
    };
    events = [];
    stopped = false;
    serveEngine({
      port: {
        // Whatever is said must be data that the main process understands.
        post: (event) => events.push(eventSchema.parse(structuredClone(event))),
        onMessage: (listener) => (hear = listener),
      },
      clock: systemClock,
      keyWorker: new URL('file:///no-worker'),
      inWords: (error) => error.kind,
      collect: null,
      onStopped: () => (stopped = true),
    });
  });
  afterEach(async () => {
    say({ type: 'settings', settings });
    say({ type: 'shut-down' });
    await until('it has stopped', () => stopped);
    server.stop();
    await folder.remove();
  });

  const say = (command: HostCommand) => hear(structuredClone(command));
  const all = <T extends HostEvent['type']>(type: T): Of<T>[] =>
    events.filter((event): event is Of<T> => event.type === type);
  const lastKind = () => all('state').at(-1)?.state.kind;
  const prompt = (n: number) => until(`question ${n}`, () => all('prompt')[n - 1]);

  async function switchOn(): Promise<void> {
    const localPort = await findFreePort('localhost', 20_000 + Math.floor(Math.random() * 20_000));
    const account = accountOf({
      sshHost: '127.0.0.1',
      sshPort: server.port,
      signIn: { kind: 'password' },
      forwards: [forwardOf({ localPort })],
    });
    say({ type: 'settings', settings });
    say({ type: 'set-account', account, by: 'person', dial: true });
  }

  it('greets, and wants its settings first', () => {
    expect(events).toEqual([{ type: 'hello' }]);
    say({ type: 'try-now', id: 'a' });
    expect(all('log')).toEqual([
      { type: 'log', level: 'error', text: 'try-now came before the settings' },
    ]);
  });

  it.each([
    'hunter2',
    null,
    { type: 'hunter2' },
    { type: 'answer', id: 'q', answer: { kind: 'secret', secret: ['hunter2'] } },
    { type: 'answer', id: 'q', answer: { kind: 'hunter2', secret: 'hunter2' } },
    { type: 'set-account', account: { name: 'hunter2' }, by: 'person', dial: true },
  ])('says that it did not understand %j, without its content', (message) => {
    hear(message);
    const [first] = all('log');
    expect(first?.text).toMatch(/^a message from the main process was not understood/);
    expect(JSON.stringify(events)).not.toContain('hunter2');
  });

  it('asks, is answered, and says that a question is gone', async () => {
    await switchOn();
    const trust = await prompt(1);
    expect(trust).toMatchObject({ accountId: 'a', request: { kind: 'host-key' } });
    say({ type: 'answer', id: 'another', answer: { kind: 'cancel' } });
    say({ type: 'answer', id: trust.id, answer: { kind: 'trust' } });
    say({ type: 'answer', id: trust.id, answer: { kind: 'cancel' } });
    const password = await prompt(2);
    expect(all('prompt-gone')).toEqual([{ type: 'prompt-gone', id: trust.id }]);
    say({ type: 'answer', id: password.id, answer: { kind: 'secret', secret: 'right' } });
    await until('it is connected', () => lastKind() === 'connected');
    expect(all('prompt-gone')).toHaveLength(2);
    expect(JSON.stringify(events)).not.toContain('"right"');
  });

  it('takes its question back when the mailbox is switched off, removed or all is shut down', async () => {
    await switchOn();
    const first = await prompt(1);
    say({ type: 'remove-account', id: 'a' });
    await until('it is gone', () => all('prompt-gone').some(({ id }) => id === first.id));
    await switchOn();
    const second = await prompt(2);
    say({ type: 'shut-down' });
    await until('it is gone, too', () => all('prompt-gone').some(({ id }) => id === second.id));
    await until('it has stopped', () => stopped);
    expect(events.at(-1)).toEqual({ type: 'stopped' });
    await until('nobody is connected', () => server.sockets.every((socket) => socket.closed));
  });

  it('forgets what was typed when it is locked; the connection stays', async () => {
    await switchOn();
    say({ type: 'answer', id: (await prompt(1)).id, answer: { kind: 'trust' } });
    const secret = { kind: 'secret', secret: 'right' } as const;
    say({ type: 'answer', id: (await prompt(2)).id, answer: secret });
    await until('it is connected', () => lastKind() === 'connected');
    server.sockets.at(-1)?.resetAndDestroy();
    await until(
      'it came back by itself',
      () => server.sockets.length === 2 && lastKind() === 'connected',
    );
    say({ type: 'lock' });
    expect(lastKind()).toBe('connected');
    server.sockets.at(-1)?.resetAndDestroy();
    await until('it needs an answer', () => lastKind() === 'needs-attention');
    expect(all('state').at(-1)).toMatchObject({
      state: { error: { kind: 'answer-needed', what: 'password' } },
    });
  });
});
