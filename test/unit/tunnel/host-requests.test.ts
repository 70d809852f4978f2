import { beforeEach, describe, expect, it } from 'vitest';
import type { KeyInstalled, KeyMade } from '../../../electron/shared/server-key';
import { Secret } from '../../../electron/secrets/secret';
import { startTunnelHost } from '../../../electron/tunnel/host-client';
import {
  commandSchema,
  type HostCommand,
  type HostEvent,
} from '../../../electron/tunnel/host-protocol';
import type { TunnelHost } from '../../../electron/tunnel/ports';
import { HandClock, accountOf } from './stand-ins';

const MADE: KeyMade = { path: '/k', publicKey: 'ssh-ed25519 A c', fingerprint: 'SHA256:x' };
const INSTALLED: KeyInstalled = { how: 'added', over: 'sftp', greeting: '+OK' };

describe('a request to the tunnel host', () => {
  let posted: HostCommand[];
  let says: (event: HostEvent) => void;
  let dies: (detail: string) => void;
  let host: TunnelHost;

  beforeEach(() => {
    posted = [];
    host = startTunnelHost({
      spawn: () => ({
        post: (message) => posted.push(commandSchema.parse(structuredClone(message))),
        onMessage: (listener) => (says = listener),
        onExit: (listener) => (dies = listener),
        kill: () => undefined,
      }),
      settings: () => ({
        knownHostsFiles: [],
        ownKnownHostsFile: '/own',
        defaultKeyFiles: [],
        agentSocket: null,
      }),
      clock: new HandClock(),
      listener: {
        stateChanged: () => undefined,
        promptOpened: () => undefined,
        promptClosed: () => undefined,
        log: () => undefined,
      },
    });
  });

  /** The number of the request that was posted last. */
  const request = (): string => {
    const last = posted.at(-1);
    if (last === undefined || !('request' in last)) throw new Error('no request was posted');
    return last.request;
  };

  it('for a key is answered by its number, once', async () => {
    const first = host.makeKey('/k', new Secret('s'), 'c');
    expect(posted.at(-1)).toMatchObject({
      type: 'make-key',
      path: '/k',
      passphrase: 's',
      comment: 'c',
    });
    const one = request();
    const second = host.makeKey('/l', null, 'c');
    expect(posted.at(-1)).toMatchObject({ passphrase: null });
    const two = request();
    says({ type: 'key-made', request: 'unheard of', result: { ok: true, value: MADE } });
    says({ type: 'key-made', request: two, result: { ok: true, value: { ...MADE, path: '/l' } } });
    const error = { kind: 'key-not-made', path: '/k', why: 'exists', detail: '' } as const;
    says({ type: 'key-made', request: one, result: { ok: false, error } });
    says({ type: 'key-made', request: one, result: { ok: true, value: MADE } });
    expect(await first).toEqual({ ok: false, error });
    expect(await second).toEqual({ ok: true, value: { ...MADE, path: '/l' } });
  });

  it('for keys to be taken over is answered', async () => {
    const servers = [{ host: 'h', port: 22, keys: ['AAAA'] }];
    const taking = host.takeKeys(servers);
    expect(posted.at(-1)).toEqual({ type: 'take-keys', request: request(), servers });
    const value = { kind: 'taken' } as const;
    says({ type: 'keys-taken', request: request(), result: { ok: true, value } });
    expect(await taking).toEqual({ ok: true, value });
  });

  it('for an installation can be taken back, until it is answered', async () => {
    const abort = new AbortController();
    const installing = host.installKey(accountOf(), '/k', abort.signal);
    expect(posted.at(-1)).toEqual({
      type: 'install-key',
      request: request(),
      account: accountOf(),
      keyPath: '/k',
    });
    const number = request();
    abort.abort();
    expect(posted.at(-1)).toEqual({ type: 'cancel-request', request: number });
    says({ type: 'key-installed', request: number, result: { ok: true, value: INSTALLED } });
    expect(await installing).toEqual({ ok: true, value: INSTALLED });
    const late = new AbortController();
    const again = host.installKey(accountOf(), '/k', late.signal);
    says({ type: 'key-installed', request: request(), result: { ok: true, value: INSTALLED } });
    await again;
    const before = posted.length;
    late.abort();
    expect(posted).toHaveLength(before);
  });

  it('under a signal that was given before is taken back at once', () => {
    void host.installKey(accountOf(), '/k', AbortSignal.abort());
    expect(posted.slice(-2).map(({ type }) => type)).toEqual(['install-key', 'cancel-request']);
  });

  it('fails when the tunnel host ends, or is not there', async () => {
    const making = host.makeKey('/k', null, '');
    const installing = host.installKey(accountOf(), '/k');
    void host.shutDown();
    dies('exit code 134');
    const stopped = (detail: string) => ({ ok: false, error: { kind: 'engine-stopped', detail } });
    expect(await making).toEqual(stopped('exit code 134'));
    expect(await installing).toEqual(stopped('exit code 134'));
    expect(await host.makeKey('/k', null, '')).toEqual(stopped('it is not running'));
    expect(await host.installKey(accountOf(), '/k', AbortSignal.abort())).toEqual(
      stopped('it is not running'),
    );
  });
});
