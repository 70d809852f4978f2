import { describe, expect, it } from 'vitest';
import type { Migration } from '../../../electron/accounts/account-migrations';
import { parseAccount } from '../../../electron/accounts/account-schema';
import { anAccount, FORWARD } from '../support/snapshots';
import { CURRENT_VERSION, migrate } from '../../../electron/accounts/account-migrations';

/** Steps of two versions that never were, to see the stepping. */
const STEPS: Readonly<Record<number, Migration>> = {
  1: ({ list, ...rest }) => ({ ...rest, mailboxes: list }),
  2: ({ mailboxes, ...rest }) => ({ ...rest, accounts: mailboxes }),
};

describe('migrate', () => {
  it('leaves a current document as it is', () => {
    const document = { version: CURRENT_VERSION, accounts: [{ id: 'a' }] };
    expect(migrate(document)).toEqual({ ok: true, value: document });
  });

  it.each([
    ['nothing', undefined],
    ['a list', []],
    ['no version', { accounts: [] }],
    ['a version in words', { version: '1', accounts: [] }],
    ['version 0', { version: 0, accounts: [] }],
    ['half a version', { version: 1.5, accounts: [] }],
    ['no accounts', { version: CURRENT_VERSION }],
    ['accounts that are no list', { version: CURRENT_VERSION, accounts: {} }],
  ])('says that %s is broken', (_what, raw) => {
    expect(migrate(raw)).toMatchObject({ ok: false, error: { kind: 'broken' } });
  });

  it('brings the mailboxes of version 1 to today, and none of them is lost', () => {
    const {
      route: _route,
      oldServer: _old,
      connection: _connection,
      sessionChannel: _session,
      ...first
    } = anAccount({ id: 'a', forwards: [FORWARD] });
    const { tls, ...forward } = FORWARD;
    const old = { ...first, signIn: { kind: 'agent' }, forwards: [forward] };
    const migrated = migrate({ version: 1, accounts: [old, 'no account'] });
    if (!migrated.ok) throw new Error('not migrated');
    expect(migrated.value.version).toBe(CURRENT_VERSION);
    expect(parseAccount(migrated.value.accounts[0])).toEqual({
      ok: true,
      value: anAccount({
        id: 'a',
        signIn: { kind: 'agent', socket: null, key: null },
        forwards: [FORWARD],
      }),
    });
    expect(migrated.value.accounts[1]).toBe('no account');
  });

  it('gives the mailboxes of version 2 the usual way of holding a connection', () => {
    const { connection: _connection, sessionChannel: _session, ...old } = anAccount();
    const migrated = migrate({ version: 2, accounts: [old, null] });
    if (!migrated.ok) throw new Error('not migrated');
    expect(migrated.value.accounts[1]).toBeNull();
    expect(parseAccount(migrated.value.accounts[0])).toEqual({ ok: true, value: anAccount() });
  });

  it('opens no session channel for the mailboxes of version 3', () => {
    const { sessionChannel: _session, ...old } = anAccount();
    const migrated = migrate({ version: 3, accounts: [old, null] });
    if (!migrated.ok) throw new Error('not migrated');
    expect(migrated.value.accounts[1]).toBeNull();
    expect(parseAccount(migrated.value.accounts[0])).toEqual({ ok: true, value: anAccount() });
  });

  it('leaves a newer version alone', () => {
    const newer = { version: CURRENT_VERSION + 1, accounts: [] };
    const error = { kind: 'newer', version: CURRENT_VERSION + 1 };
    expect(migrate(newer)).toEqual({ ok: false, error });
  });

  it.each([
    ['the oldest', { version: 1, list: ['x'] }],
    ['the one before', { version: 2, mailboxes: ['x'] }],
    ['the newest', { version: 3, accounts: ['x'] }],
  ])('goes up step by step from %s', (_what, raw) => {
    expect(migrate(raw, 3, STEPS)).toEqual({ ok: true, value: { version: 3, accounts: ['x'] } });
  });

  it('does not jump over a version it knows no step from', () => {
    expect(migrate({ version: 1, accounts: [] }, 2, {})).toMatchObject({
      ok: false,
      error: { kind: 'broken' },
    });
  });
});
