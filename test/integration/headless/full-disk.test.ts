import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, rmdirSync } from 'node:fs';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { CURRENT_VERSION } from '../../../electron/accounts/account-migrations';
import { openPlainAccountStore } from '../../../electron/accounts/account-store-plain';
import type { AppFolder } from '../../support/app';
import { accountFor, forwardTo } from '../../support/engine';
import { folderWith, startHeadless, type TestHeadless } from '../../support/headless';
import { giveKey, makeKnown } from '../../support/mail-world';
import { anAccount } from '../../unit/support/snapshots';
import { startDovecot } from '../../world/dovecot';
import { makeKey } from '../../world/ssh-keys';
import { startSshd } from '../../world/sshd';
import { keep, tidyUp } from '../engine/tidy';

tidyUp();

const run = promisify(execFile);
const nothing = (): void => undefined;

/** Lays a small disk of its own under the folder of a person's data. Only root may. */
async function onSmallDisk({ data }: AppFolder): Promise<void> {
  const file = path.join(data, 'accounts.json');
  const text = await readFile(file);
  await run('mount', ['-t', 'tmpfs', '-o', 'size=128k,mode=700', 'tmpfs', data]);
  await keep(Promise.resolve({ stop: () => run('umount', [data]).then(nothing) }));
  await writeFile(file, text, { mode: 0o600 });
}

/** Leaves no room; the file that takes it is to be removed for some. */
async function fill({ data }: AppFolder): Promise<string> {
  const filling = path.join(data, 'filling');
  await expect(writeFile(filling, Buffer.alloc(1024 * 1024))).rejects.toThrow('ENOSPC');
  return filling;
}

async function start(folder: AppFolder): Promise<TestHeadless> {
  const headless = startHeadless(folder);
  await keep(Promise.resolve({ stop: () => headless.stop().then(nothing, nothing) }));
  return headless.ready();
}

/** Root may, but not in every container. */
function canMount(): boolean {
  const probe = mkdtempSync(path.join(tmpdir(), 'mailmole-mount-'));
  const isMounted = spawnSync('mount', ['-t', 'tmpfs', 'tmpfs', probe]).status === 0;
  if (isMounted) spawnSync('umount', [probe]);
  rmdirSync(probe);
  return isMounted;
}

describe.skipIf(!canMount())('a start on a full disk', () => {
  it('switches on what was on, says that nothing can be saved, and saves again when there is room', async () => {
    const key = await makeKey({ type: 'ed25519' });
    const dovecot = await keep(startDovecot({ tls: false }));
    const sshd = await keep(startSshd({ authorizedKeys: [key] }));
    const mailbox = async (name: string, mode: 'manual' | 'always-on') => {
      const forward = await forwardTo({ host: '127.0.0.1', port: dovecot.ports.pop3 });
      return { ...accountFor(sshd, [forward], { name, mode }), id: name };
    };
    const folder = await folderWith(
      await mailbox('by-hand', 'manual'),
      await mailbox('always', 'always-on'),
    );
    await keep(Promise.resolve({ stop: () => folder.world.remove() }));
    await giveKey(folder, key);
    await makeKnown(folder, sshd.knownHosts());
    await onSmallDisk(folder);
    const before = await start(folder);
    await before.ask('up', { names: ['by-hand'], ask: false });
    await before.when('connected', 'by-hand');
    await before.stop();

    const filling = await fill(folder);
    const full = await start(folder);
    await full.when('connected', 'always');
    // Its switch was flipped before the last quit, so that it is off, written down or not.
    await full.when('off', 'by-hand');
    expect(full.said()).toContain('Mailmole cannot write to its folder');
    const wanted = async (): Promise<readonly unknown[]> => {
      const text = await readFile(path.join(folder.data, 'accounts.json'), 'utf8');
      const { accounts } = JSON.parse(text) as { accounts: readonly { wanted: boolean }[] };
      return accounts.map((account) => account.wanted);
    };
    expect(await wanted()).toEqual([true, true]);
    await expect(full.ask('down', { names: ['always'] })).rejects.toThrow();
    await rm(filling);
    await full.ask('down', { names: ['always'] });
    expect(await wanted()).toEqual([false, false]);
  });

  it('loses no damaged entry of the list, which is copied before it is written over', async () => {
    const folder = await folderWith();
    await keep(Promise.resolve({ stop: () => folder.world.remove() }));
    await onSmallDisk(folder);
    const file = path.join(folder.data, 'accounts.json');
    const text = JSON.stringify({ version: CURRENT_VERSION, accounts: [anAccount(), { id: 'x' }] });
    await writeFile(file, text);
    const filling = await fill(folder);
    const { book, setAside } = openPlainAccountStore(folder.data, new Date());
    expect(book.list()).toEqual([anAccount()]);
    expect(setAside).toMatchObject({ kind: 'partly-broken', file });
    expect(() => book.remove(anAccount().id)).toThrow('ENOSPC');
    expect(await readFile(file, 'utf8')).toBe(text);
    await rm(filling);
    book.remove(anAccount().id);
    const [copy = ''] = (await readdir(folder.data)).filter((name) => name.includes('partly'));
    expect(await readFile(path.join(folder.data, copy), 'utf8')).toBe(text);
    expect(await readFile(file, 'utf8')).not.toBe(text);
  });
});
