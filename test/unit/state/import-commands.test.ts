import { beforeEach, describe, expect, it } from 'vitest';
import { createAccountBook, type AccountBook } from '../../../electron/accounts/account-book';
import type { ReadyDraft } from '../../../electron/shared/imported';
import { ok } from '../../../electron/shared/result';
import type { KeysTaken, VouchedServer } from '../../../electron/shared/server-key';
import { ImportCommands } from '../../../electron/state/import-commands';
import { ed25519Blob, keyText } from '../tunnel/host-key-maker';
import { aContext } from '../accounts/import/support';
import { anAccount } from '../support/snapshots';

const KEY = keyText(ed25519Blob());
const SETUP = JSON.stringify({
  format: 'mailmole-setup',
  version: 1,
  name: 'Uni',
  server: { host: 'shell.example.org', hostKeys: [KEY] },
  forwards: [{ protocol: 'pop3', localPort: 11_110 }],
});

describe('imported mailboxes', () => {
  let book: AccountBook;
  let vouched: (readonly VouchedServer[])[];
  let switched: string[];
  let keys: KeysTaken;
  /** What happens elsewhere while the keys of the servers are looked at. */
  let meanwhile: () => void;
  /** Writes that the disk still has room for. */
  let room: number;
  let imports: ImportCommands;

  beforeEach(() => {
    let ids = 0;
    room = Infinity;
    meanwhile = () => undefined;
    book = createAccountBook([], () => {
      if (room-- <= 0) throw new Error('ENOSPC');
    });
    vouched = [];
    switched = [];
    keys = { kind: 'taken' };
    imports = new ImportCommands({
      book,
      engine: {
        takeKeys: (servers) => {
          vouched.push(servers);
          meanwhile();
          return Promise.resolve(ok(keys));
        },
        setAccount: (account) => switched.push(account.name),
      },
      context: () => aContext(),
      findFreePort: (_address, from, taken) => {
        let port = from;
        while (taken.has(port)) port += 1;
        return Promise.resolve(port);
      },
      newId: () => `id-${(ids += 1)}`,
      personActs: () => undefined,
    });
  });

  async function ready(text: string): Promise<readonly ReadyDraft[]> {
    const read = await imports.readImport(text);
    if (!read.ok || !read.value.ok) throw new Error('refused');
    return read.value.value.drafts.map((draft) => ({
      ...draft,
      sshHost: draft.sshHost ?? 'gate',
      sshUser: draft.sshUser ?? 'ann',
    }));
  }

  it('are made and switched on once the keys of their servers are known', async () => {
    const added = await imports.addImported(await ready(SETUP));
    expect(added).toMatchObject({ ok: true, value: { ok: true } });
    expect(vouched).toEqual([[{ host: 'shell.example.org', port: 22, keys: [KEY.split(' ')[1]] }]]);
    expect(switched).toEqual(['Uni']);
    expect(book.list()).toMatchObject([{ name: 'Uni', sshUser: 'ann', wanted: true }]);
  });

  it('get names and ports that are free, which is said', async () => {
    await imports.addImported(await ready(SETUP));
    const again = await imports.readSetup(SETUP);
    expect(again).toMatchObject({
      value: {
        value: {
          drafts: [{ name: 'Uni 2', forwards: [{ localPort: 11_111 }] }],
          notCarried: [
            {
              why: 'import:why.port-taken',
              params: { port: 11_110, name: 'Uni', other: 11_111 },
            },
          ],
        },
      },
    });
  });

  it('are not made at all when one of them is not right', async () => {
    const drafts = await ready('ssh -L 1110:pop:110 one\nssh -L 1111:pop:110 two');
    const broken = drafts.map((draft, index) => (index === 1 ? { ...draft, sshUser: '' } : draft));
    expect(await imports.addImported(broken)).toMatchObject({
      value: { ok: false, error: [{ index: 1, field: 'sshUser', messageKey: 'form:user-empty' }] },
    });
    expect([book.list(), switched, vouched]).toEqual([[], [], []]);
  });

  it('are not made when their server is known by another key', async () => {
    keys = { kind: 'conflict', host: 'shell.example.org', port: 22, fingerprint: 'SHA256:x' };
    expect(await imports.addImported(await ready(SETUP))).toMatchObject({
      value: {
        ok: false,
        error: [
          { index: 0, messageKey: 'import:key-conflict', params: { fingerprint: 'SHA256:x' } },
        ],
      },
    });
    expect([book.list(), switched]).toEqual([[], []]);
  });

  it('are not made when another mailbox took their port meanwhile', async () => {
    const drafts = await ready(SETUP);
    meanwhile = () => book.put(anAccount({ id: 'other', name: 'Other' }));
    expect(await imports.addImported(drafts)).toMatchObject({
      value: { ok: false, error: [{ index: 0, messageKey: 'form:local-port-taken' }] },
    });
    expect(book.list()).toMatchObject([{ name: 'Other' }]);
    expect(switched).toEqual([]);
  });

  it('are all made or none when the disk is full', async () => {
    const drafts = await ready('ssh -L 1110:pop:110 one\nssh -L 1111:pop:110 two');
    room = 1;
    expect(await imports.addImported(drafts)).toMatchObject({ value: { ok: true } });
    expect(book.list()).toHaveLength(2);
    room = 0;
    const more = await ready('ssh -L 1112:pop:110 three');
    await expect(imports.addImported(more)).rejects.toThrow('ENOSPC');
    expect(book.list()).toHaveLength(2);
    expect(switched).toEqual(['one', 'two']);
  });

  it('of a set-up file come from no other kind of text', async () => {
    expect(await imports.readSetup('ssh gate')).toMatchObject({ value: { ok: false } });
    expect(await imports.readImport('ssh gate')).toMatchObject({ value: { ok: true } });
  });
});
