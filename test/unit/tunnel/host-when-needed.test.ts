import { beforeEach, describe, expect, it } from 'vitest';
import { ok } from '../../../electron/shared/result';
import { hostWhenNeeded } from '../../../electron/tunnel/host-when-needed';
import type { TunnelHost } from '../../../electron/tunnel/ports';
import { accountOf } from './stand-ins';

const KEY = { path: '/k', publicKey: 'ssh-ed25519 A c', fingerprint: 'SHA256:x' };

describe('a tunnel host that is started when it is needed', () => {
  let started: number;
  let heard: unknown[];
  let host: TunnelHost;

  /** Writes down what it is told. */
  const proper = (): TunnelHost => ({
    setAccount: (account, by) => heard.push(['set', account.id, account.wanted, by]),
    removeAccount: (id) => heard.push(['remove', id]),
    tryNow: (id) => heard.push(['try', id]),
    check: (id, by) => heard.push(['check', id, by]),
    acceptChangedKey: (id, fingerprint) => heard.push(['accept', id, fingerprint]),
    answer: (id) => heard.push(['answer', id]),
    networkChanged: (online) => heard.push(['network', online]),
    power: (what) => heard.push(['power', what]),
    makeKey: (path) => Promise.resolve(ok({ ...KEY, path })),
    installKey: () => Promise.resolve(ok({ how: 'added', over: 'sftp', greeting: '+OK' })),
    takeKeys: () => Promise.resolve(ok({ kind: 'taken' })),
    lock: () => heard.push(['lock']),
    shutDown: () => Promise.resolve(void heard.push(['shut down'])),
  });

  beforeEach(() => {
    started = 0;
    heard = [];
    host = hostWhenNeeded(() => {
      started++;
      return proper();
    });
  });

  it('does without while every mailbox is off, whatever else happens', async () => {
    host.setAccount(accountOf({ id: 'off', wanted: false }), 'person');
    host.removeAccount('off');
    host.networkChanged(false);
    host.power('suspended');
    host.lock();
    host.acceptChangedKey('off', 'SHA256:x');
    await host.shutDown();
    expect([started, heard]).toEqual([0, []]);
  });

  it('is started by the first mailbox that is wanted, and then told of the others and the network', () => {
    host.setAccount(accountOf({ id: 'off', wanted: false }), 'background');
    host.setAccount(accountOf({ id: 'gone', wanted: false }), 'background');
    host.removeAccount('gone');
    host.networkChanged(false);
    host.setAccount(accountOf({ id: 'on' }), 'person');
    host.setAccount(accountOf({ id: 'on', wanted: false }), 'person');
    expect(started).toBe(1);
    expect(heard).toEqual([
      ['network', false],
      ['set', 'off', false, 'background'],
      ['set', 'on', true, 'person'],
      ['set', 'on', false, 'person'],
    ]);
  });

  it('is told of a mailbox once when that is switched on', () => {
    host.setAccount(accountOf({ wanted: false }), 'background');
    host.setAccount(accountOf(), 'person');
    expect(heard).toEqual([['set', 'a', true, 'person']]);
  });

  it.each<[string, (host: TunnelHost) => Promise<{ readonly ok: boolean }>]>([
    ['making a key', (host) => host.makeKey('/k', null, 'c')],
    ['installing a key', (host) => host.installKey(accountOf(), '/k')],
    ['taking the keys of servers', (host) => host.takeKeys([])],
  ])('is started for %s, but not when the program ends', async (_what, ask) => {
    expect(await ask(host)).toMatchObject({ ok: true });
    const ending = hostWhenNeeded(proper);
    await ending.shutDown();
    expect(await ask(ending)).toMatchObject({ ok: false, error: { kind: 'engine-stopped' } });
    expect([started, heard]).toEqual([1, []]);
  });

  it('passes on everything once it runs, its end too', async () => {
    host.tryNow('a');
    host.check('a', 'person');
    host.acceptChangedKey('a', 'SHA256:x');
    host.answer('q', { kind: 'cancel' });
    host.networkChanged(true);
    host.power('resumed');
    host.lock();
    host.removeAccount('a');
    await host.shutDown();
    expect(started).toBe(1);
    expect(heard).toEqual([
      ['try', 'a'],
      ['check', 'a', 'person'],
      ['accept', 'a', 'SHA256:x'],
      ['answer', 'q'],
      ['network', true],
      ['power', 'resumed'],
      ['lock'],
      ['remove', 'a'],
      ['shut down'],
    ]);
  });
});
