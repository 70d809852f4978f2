import { describe, expect, it } from 'vitest';
import { createAccountBook } from '../../../electron/accounts/account-book';
import { importSetupFile, importText } from '../../../electron/accounts/import/import-text';
import type { Account } from '../../../electron/shared/account';
import { ExportCommands } from '../../../electron/state/export-commands';
import { aContext } from '../accounts/import/support';
import { anAccount } from '../support/snapshots';
import { ed25519Blob, keyText } from '../tunnel/host-key-maker';

const KEY = keyText(ed25519Blob());

const UNIVERSITY = anAccount({
  id: 'uni',
  name: 'University',
  sshUser: 'msingh',
  sshPort: 2222,
  signIn: { kind: 'key-file', path: '/home/msingh/.ssh/id_ed25519' },
});

function exporting(accounts: readonly Account[], keys: readonly string[] = [KEY]): ExportCommands {
  const book = createAccountBook(accounts, () => undefined);
  return new ExportCommands({ book, keysOf: () => Promise.resolve(keys) });
}

describe('exporting', () => {
  it('makes a set-up file that sets the same mailbox up for somebody else', async () => {
    const made = await exporting([UNIVERSITY]).exportSetup('uni');
    if (!made.ok || !made.value.ok) throw new Error('refused');
    const { name, text } = made.value.value;
    expect(name).toBe('University.mailmole');
    for (const own of ['msingh', 'id_ed25519']) expect(text).not.toContain(own);
    const read = importSetupFile(text);
    if (!read.ok) throw new Error(JSON.stringify(read.error));
    const [draft] = read.value.drafts;
    const { id: _id, ...forward } = UNIVERSITY.forwards[0] ?? { id: '' };
    expect(draft).toMatchObject({
      ...{ name: 'University', sshHost: UNIVERSITY.sshHost, sshPort: 2222, sshUser: null },
      ...{ signIn: { kind: 'automatic' }, mode: UNIVERSITY.mode, forwards: [forward] },
    });
    expect(draft?.hostKeys.map(({ type, key }) => `${type} ${key}`)).toEqual([KEY]);
  });

  it.each([
    ['that no key of its server is known for', UNIVERSITY, [], 'server-unknown'],
    [
      'whose server only has a key of a kind nobody uses',
      UNIVERSITY,
      ['ssh-dss AAAA'],
      'server-unknown',
    ],
    [
      'that goes through a proxy',
      { ...UNIVERSITY, route: { kind: 'http', host: 'proxy', port: 8080, user: null } },
      [KEY],
      'has-route',
    ],
  ] as const)('makes none of a mailbox %s', async (_what, account, keys, why) => {
    const made = await exporting([account], keys).exportSetup('uni');
    expect(made).toMatchObject({ ok: true, value: { ok: false, error: { why } } });
  });

  it('makes none of the practice mailbox, nor of one that is gone', async () => {
    const practice = { ...UNIVERSITY, practice: true };
    expect((await exporting([practice]).exportSetup('uni')).ok).toBe(false);
    expect((await exporting([]).exportSetup('uni')).ok).toBe(false);
  });

  it.each([
    ['Uni/Mail: "new"', 'Uni Mail new.mailmole'],
    ['..', 'mailbox.mailmole'],
  ])('names the file of %j so that every system takes it', async (name, file) => {
    const made = await exporting([{ ...UNIVERSITY, name }]).exportSetup('uni');
    expect(made).toMatchObject({ value: { value: { name: file } } });
  });

  it('makes one text of all mailboxes, which can be read back', () => {
    const practice = { ...UNIVERSITY, id: 'b', practice: true };
    const { text } = exporting([UNIVERSITY, practice]).exportAll();
    const read = importText(text, aContext());
    if (!read.ok) throw new Error(JSON.stringify(read.error));
    expect(read.value.kind).toBe('export');
    expect(read.value.drafts.map(({ name, sshUser }) => [name, sshUser])).toEqual([
      ['University', 'msingh'],
    ]);
  });
});
