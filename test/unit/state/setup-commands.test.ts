import { describe, expect, it } from 'vitest';
import { fail, ok } from '../../../electron/shared/result';
import { DraftKeeper } from '../../../electron/state/draft-keeper';
import { freeKeyPath, SetupCommands } from '../../../electron/state/setup-commands';
import type { TunnelHost } from '../../../electron/tunnel/ports';
import { anAccount, DRAFT } from '../support/snapshots';

const PASSPHRASE = 'seven moles dig';

/** The commands over an engine that notes what it is asked, and installs when it is told to. */
function setupWith() {
  const heard: string[] = [];
  let finish: () => void = () => undefined;
  const engine: Pick<TunnelHost, 'makeKey' | 'installKey'> = {
    makeKey(path, passphrase, comment) {
      heard.push(`make ${path} ${String(passphrase)} ${passphrase?.reveal() ?? ''} ${comment}`);
      return Promise.resolve(ok({ path, publicKey: 'ssh-ed25519 A', fingerprint: 'SHA256:x' }));
    },
    installKey(account, keyPath, signal) {
      heard.push(`install ${account.name} ${account.wanted} ${keyPath}`);
      return new Promise((resolve) => {
        finish = () => resolve(ok({ how: 'added', over: 'sftp', greeting: '+OK' }));
        signal?.addEventListener('abort', () =>
          resolve(fail({ kind: 'connection-lost', host: account.sshHost, detail: 'stopped' })),
        );
      });
    },
  };
  const setup = new SetupCommands({
    book: { list: () => [anAccount()] },
    state: { setGuest: (guest) => heard.push(`guest ${guest?.name ?? 'gone'}`) },
    broker: { cancelAccount: () => heard.push('questions cancelled') },
    engine,
    drafts: new DraftKeeper(),
    sshFolder: '/home/me/.ssh',
    personActs: () => heard.push('acts'),
  });
  return { setup, heard, finish: () => finish() };
}

const OTHER = {
  ...DRAFT,
  name: 'Other',
  forwards: DRAFT.forwards.map((forward) => ({ ...forward, localPort: 11_111 })),
};

describe('setting a mailbox up', () => {
  it('judges a draft beside the mailboxes there are, and saves nothing', () => {
    const { setup } = setupWith();
    const judged = setup.judgeDraft(null, DRAFT);
    expect(judged.ok && judged.value.map(({ field }) => field)).toEqual([
      'name',
      'forwards.0.localPort',
    ]);
    expect(setup.judgeDraft('university', DRAFT)).toEqual(ok([]));
    expect(setup.judgeDraft(null, OTHER)).toEqual(ok([]));
  });

  it('makes a key where no file is, and hands the passphrase on as a secret', async () => {
    const { setup, heard } = setupWith();
    await setup.makeKey(PASSPHRASE, 'me@host');
    await setup.makeKey(null, '');
    expect(heard[0]).toBe(`make /home/me/.ssh/id_mailmole ‹secret› ${PASSPHRASE} me@host`);
    expect(heard[1]).toBe('make /home/me/.ssh/id_mailmole null  ');
  });

  it('finds the next free name for a key', () => {
    const there = new Set(['/s/id_mailmole', '/s/id_mailmole_2.pub']);
    expect(freeKeyPath('/s', (path) => there.has(path))).toBe('/s/id_mailmole_3');
  });

  it('installs a key in the name of the mailbox to be, which may ask meanwhile', async () => {
    const { setup, heard, finish } = setupWith();
    const installing = setup.installKey(null, OTHER, '/k');
    expect(heard).toEqual(['acts', 'guest Other', 'install Other false /k']);
    finish();
    expect(await installing).toMatchObject({ value: { value: { value: { how: 'added' } } } });
    expect(heard.slice(3)).toEqual(['questions cancelled', 'guest gone']);
  });

  it('ends an installation when the person does, or begins another', async () => {
    const { setup, heard, finish } = setupWith();
    const first = setup.installKey(null, OTHER, '/k');
    const second = setup.installKey(null, OTHER, '/k');
    expect(await first).toMatchObject({ value: { value: { error: { kind: 'connection-lost' } } } });
    // The second one still asks.
    expect(heard.filter((line) => line === 'guest gone')).toEqual([]);
    setup.cancelInstall();
    expect(await second).toMatchObject({ value: { value: { ok: false } } });
    expect(heard.filter((line) => line === 'guest gone')).toHaveLength(1);
    finish();
  });

  it('installs nothing for a draft that is not right', async () => {
    const { setup, heard } = setupWith();
    const refused = await setup.installKey(null, { ...OTHER, sshHost: '' }, '/k');
    expect(refused).toMatchObject({ value: { ok: false, error: [{ field: 'sshHost' }] } });
    expect(heard).toEqual([]);
  });
});

describe('what is typed', () => {
  it('is kept by place until it is forgotten', () => {
    const keeper = new DraftKeeper();
    keeper.keep('new', 'a');
    keeper.keep('university', 'b');
    keeper.keep('new', 'c');
    expect(keeper.all()).toEqual({ new: 'c', university: 'b' });
    keeper.keep('new', null);
    expect(keeper.all()).toEqual({ university: 'b' });
  });

  it('takes no more than it may', () => {
    const keeper = new DraftKeeper();
    for (let place = 0; place < 60; place += 1) keeper.keep(String(place), 'x');
    expect(Object.keys(keeper.all())).toHaveLength(50);
    expect(keeper.all()['0']).toBeUndefined();
  });
});
