import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readAccountsFile } from '../../../electron/accounts/account-file';
import { openPlainAccountStore } from '../../../electron/accounts/account-store-plain';
import { anAccount, NOW } from '../support/snapshots';

let folder: string;
let file: string;
const now = new Date(NOW);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mailmole-accounts-'));
  file = join(folder, 'accounts.json');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(document: unknown): void {
  writeFileSync(file, JSON.stringify(document));
}

describe('readAccountsFile', () => {
  it('begins with an empty list', () => {
    expect(readAccountsFile(file, now)).toEqual({ accounts: [], setAside: null, owed: null });
    expect(readdirSync(folder)).toEqual([]);
  });

  it('reads the accounts in their order', () => {
    const accounts = ['b', 'a', 'c'].map((id) => anAccount({ id, name: id }));
    write({ version: 1, accounts });
    expect(readAccountsFile(file, now)).toEqual({ accounts, setAside: null, owed: null });
  });

  it.each([
    ['half a document', '{"version":1,"acc', 'broken'],
    ['an empty file', '', 'broken'],
    ['bytes', '\u0000\u0001', 'broken'],
    ['a newer version', '{"version":99,"accounts":[]}', 'newer'],
  ])('sets %s aside under a dated name, unchanged', (_what, text, kind) => {
    writeFileSync(file, text);
    const { accounts, setAside } = readAccountsFile(file, now);
    expect(accounts).toEqual([]);
    const name = `accounts.${kind}-2026-11-24T09-15-00.json`;
    expect(setAside).toMatchObject({ kind, file: join(folder, name) });
    expect(readdirSync(folder)).toEqual([name]);
    expect(readFileSync(join(folder, name), 'utf8')).toBe(text);
  });

  it('never takes a name that is in use', () => {
    const names = new Set<string>();
    for (let count = 0; count < 3; count += 1) {
      writeFileSync(file, `broken ${count}`);
      names.add(readAccountsFile(file, now).setAside?.file ?? '');
    }
    expect(names.size).toBe(3);
    expect([...names].map((name) => readFileSync(name, 'utf8'))).toEqual([
      'broken 0',
      'broken 1',
      'broken 2',
    ]);
  });

  it('uses the sound accounts of a file, keeps a copy of it, and says what is wrong', () => {
    const sound = anAccount({ id: 'a' });
    const damaged = { ...anAccount({ id: 'b' }), sshPort: 'twenty-two' };
    write({ version: 1, accounts: [sound, damaged, sound] });
    const text = readFileSync(file, 'utf8');
    const { accounts, setAside } = readAccountsFile(file, now);
    expect(accounts).toEqual([sound]);
    expect(setAside?.kind).toBe('partly-broken');
    expect(setAside?.problems).toEqual([
      'accounts.1.sshPort: form:port-range',
      'accounts.2.id: used twice',
    ]);
    expect(readFileSync(setAside?.file ?? '', 'utf8')).toBe(text);
  });

  it('loses nothing, whatever stands in the file', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        writeFileSync(file, text);
        const { setAside } = readAccountsFile(file, now);
        expect(readFileSync(setAside?.file ?? file, 'utf8')).toBe(text);
      }),
    );
  });
});

describe('the kept accounts', () => {
  it.skipIf(process.platform === 'win32')('are for the eyes of their owner only', () => {
    writeFileSync(file, JSON.stringify({ version: 1, accounts: [] }), { mode: 0o644 });
    openPlainAccountStore(folder, now).book.put(anAccount());
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readAccountsFile(file, now).accounts).toEqual([anAccount()]);
  });
});
