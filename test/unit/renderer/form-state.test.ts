import { describe, expect, it } from 'vitest';
import { DEFAULT_CONNECTION } from '../../../electron/shared/account';
import {
  draftOf,
  emptyForm,
  formOf,
  nextProtocol,
  shownFields,
  usualForward,
  withAddedForward,
  withForward,
  withoutForward,
  withProtocol,
  withServer,
  withServerText,
} from '../../../renderer/state/form-state';
import { anAccount, DRAFT } from '../support/snapshots';

const EMPTY = emptyForm(usualForward('pop3', 'one'));

describe('a new form', () => {
  it('begins with the mode that the person prefers', () => {
    expect(emptyForm(usualForward('pop3', 'one'), 'always-on').mode).toBe('always-on');
    expect(EMPTY.mode).toBe('on-demand');
  });
});

describe('the form', () => {
  it('gives back the mailbox it was filled from', () => {
    expect(draftOf(formOf(anAccount()))).toEqual(DRAFT);
    const keyed = anAccount({ signIn: { kind: 'key-file', path: '/k' }, mode: 'manual' });
    expect(draftOf(formOf(keyed))).toMatchObject({ signIn: { path: '/k' }, mode: 'manual' });
  });

  it.each(['oldServer', 'sessionChannel', 'compression'] as const)(
    'keeps %s as it was set',
    (field) => {
      const form = { ...formOf(anAccount()), [field]: true };
      expect(draftOf(form)).toEqual({ ...DRAFT, [field]: true });
      expect(formOf(anAccount({ [field]: true }))[field]).toBe(true);
    },
  );

  it('keeps how the connection is held, which it does not show', () => {
    const connection = { ...DEFAULT_CONNECTION, keepaliveSeconds: 60, knownHostsFile: '/k' };
    expect(draftOf(formOf(anAccount({ connection }))).connection).toEqual(connection);
    expect(draftOf(EMPTY).connection).toEqual(DEFAULT_CONNECTION);
  });

  it('says who speaks TLS with the mail server', () => {
    const typed = withForward(formOf(anAccount()), 0, { tls: 'starttls' });
    expect(draftOf(typed).forwards[0]?.tls).toBe('starttls');
  });

  it('takes an empty mail server for the SSH server, both ways', () => {
    const typed = { ...EMPTY, sshHost: 'mail.example.org' };
    expect(draftOf(typed).forwards[0]?.mailHost).toBe('mail.example.org');
    const account = anAccount({ ...DRAFT, sshHost: 'mail.example.org' });
    expect(formOf(account).forwards[0]?.mailHost).toBe('');
  });

  it.each(['', 'abc', '1.5', '-1', '0x10', ' '])('sends %j as no port at all', (text) => {
    expect(draftOf({ ...EMPTY, sshPort: text }).sshPort).toBeNaN();
    expect(draftOf(withForward(EMPTY, 0, { localPort: text })).forwards[0]?.localPort).toBeNaN();
  });

  it('fills the user and the port in from the server, and leaves what it did not say', () => {
    const typed = { ...EMPTY, sshUser: 'anna', sshPort: '2222' };
    expect(withServerText(typed, { host: 'h' })).toMatchObject({
      sshHost: 'h',
      sshUser: 'anna',
      sshPort: '2222',
    });
    expect(withServerText(typed, { host: 'h', user: 'bob', port: 23 })).toMatchObject({
      sshUser: 'bob',
      sshPort: '23',
    });
  });

  it('lets a name that nobody typed follow the server', () => {
    const typing = withServer(withServer(EMPTY, 'a@ho'), 'a@host:22');
    expect(typing).toMatchObject({ sshHost: 'a@host:22', name: 'host' });
    const split = withServerText(typing, { host: 'host', user: 'a', port: 22 });
    expect(split).toMatchObject({ sshHost: 'host', name: 'host' });
    expect(withServer({ ...split, name: 'Mine' }, 'other').name).toBe('Mine');
  });

  it('never offers one local port twice', () => {
    const two = withAddedForward(EMPTY, usualForward('pop3', 'two'));
    expect(two.forwards.map(({ localPort }) => localPort)).toEqual(['11110', '11111']);
    const changed = withProtocol(two, 1, usualForward('imap', 'x'));
    expect(changed.forwards[1]).toMatchObject({ id: 'two', localPort: '11143', mailPort: '143' });
    expect(withoutForward(changed, 0).forwards.map(({ id }) => id)).toEqual(['two']);
  });

  it('offers the protocols a mail program usually needs, one after the other', () => {
    expect(nextProtocol(EMPTY)).toBe('imap');
    expect(nextProtocol(withProtocol(EMPTY, 0, usualForward('imap', 'x')))).toBe('pop3');
  });

  it('adds a forward to the mail server of the one before', () => {
    const named = withForward(EMPTY, 0, { mailHost: 'mail.example.org' });
    const two = withAddedForward(named, usualForward('imap', 'two'));
    expect(two.forwards[1]?.mailHost).toBe('mail.example.org');
  });

  it('knows which fields it shows', () => {
    expect(shownFields(EMPTY).has('forwards.0.localPort')).toBe(true);
    expect(shownFields(EMPTY).has('forwards.1.localPort')).toBe(false);
    expect(shownFields(EMPTY).has('signIn.path')).toBe(false);
    expect(shownFields({ ...EMPTY, practice: true }).has('sshHost')).toBe(false);
  });
});
