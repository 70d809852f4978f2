import { describe, expect, it } from 'vitest';
import { importText } from '../../../electron/accounts/import/import-text';
import { emptyForm, formOf, usualForward, withServer } from '../../../renderer/state/form-state';
import { parseServerText, sshCommandIn } from '../../../renderer/state/server-text';
import { takeApart, type TakingTools } from '../../../renderer/state/take-apart';
import { typedRoute } from '../../../renderer/state/route-state';
import { anAccount } from '../support/snapshots';
import { aContext } from '../accounts/import/support';

const TOOLS: TakingTools = {
  read: (command) => Promise.resolve(importText(command, aContext())),
  suggest: (protocol) => Promise.resolve({ ...usualForward(protocol, 'new'), localPort: 12_345 }),
  isNew: true,
  kept: new Set(),
};
const BLANK = emptyForm(usualForward('pop3', 'id'));

/** What became of a server that was typed into an empty form: only the fields that differ from it. */
async function typed(sshHost: string, tools: Partial<TakingTools> = {}) {
  const before = withServer(BLANK, sshHost);
  const taken = await takeApart(before, { ...TOOLS, ...tools });
  const changed = Object.entries(taken.form).filter(
    ([name, value]) => value !== before[name as keyof typeof before],
  );
  return { ...taken, changed: Object.fromEntries(changed) };
}

describe('the ssh command in what was typed', () => {
  it.each([
    ['ssh me@host', 'ssh me@host'],
    ['$ ssh -p 2222 me@host', 'ssh -p 2222 me@host'],
    ['/usr/bin/ssh host', '/usr/bin/ssh host'],
    ['SSH.EXE host', 'SSH.EXE host'],
    ['-p 2222 me@host', 'ssh -p 2222 me@host'],
    ['me@host \u2013p 2222', 'ssh me@host \u2013p 2222'],
    ['ssh.example.org', null],
    ['two words', null],
    ['-host', null],
    ['', null],
  ])('%s', (text, command) => {
    expect(sshCommandIn(text)).toBe(command);
  });
});

describe('the address of a mail server', () => {
  it.each([
    ['imaps://mail.example.org', { protocol: 'imaps', port: 993 }],
    ['IMAP://mail.example.org:1143/INBOX', { protocol: 'imap', port: 1143 }],
    ['pop://mail.example.org', { protocol: 'pop3', port: 110 }],
    ['smtps://mail.example.org', { protocol: 'submission', port: 465 }],
    ['mail.example.org:993', { protocol: 'imaps', port: 993 }],
    ['mail.example.org:110', { protocol: 'pop3', port: 110 }],
  ])('says what is spoken there: %s', (text, mail) => {
    expect(parseServerText(text)).toEqual({ host: 'mail.example.org', mail });
  });

  it('names a user, and never a password', () => {
    expect(parseServerText('imaps://me%40example.org:secret@mail.example.org')).toEqual({
      host: 'mail.example.org',
      user: 'me@example.org',
      mail: { protocol: 'imaps', port: 993 },
    });
  });

  it('of web mail is that of its server', () => {
    const host = { host: 'mail.example.org' };
    expect(parseServerText('https://mail.example.org:8443/inbox?folder=1')).toEqual(host);
  });

  it.each(['ftp://mail.example.org', 'mail.example.org/inbox', 'imaps://'])('is no %s', (text) => {
    expect(parseServerText(text)).toEqual({ host: text });
  });
});

describe('what is typed as a server goes into the fields it belongs to', () => {
  it.each([
    ['me@host.example', { sshHost: 'host.example', sshUser: 'me' }],
    ['host.example:2222', { sshHost: 'host.example', sshPort: '2222' }],
    [
      'ssh -p 2222 me@host.example',
      { sshHost: 'host.example', name: 'host.example', sshUser: 'me', sshPort: '2222' },
    ],
    [
      '-l me -C host.example',
      { sshHost: 'host.example', name: 'host.example', sshUser: 'me', compression: true },
    ],
  ])('%s', async (text, changed) => {
    expect(await typed(text)).toMatchObject({ changed, field: 'sshHost', left: [], problems: [] });
    expect((await typed(text)).changed).toEqual(changed);
  });

  it('with the forwards, the key and the way of an ssh command', async () => {
    const { form, left } = await typed(
      'ssh -X -i /k -J gate.example.org -L 11143:host.example:143 me@host.example',
    );
    expect(form).toMatchObject({
      ...{ sshHost: 'host.example', signIn: 'key-file', keyPath: '/k' },
      route: { kind: 'jump', host: 'gate.example.org' },
      forwards: [{ protocol: 'imap', localPort: '11143', mailHost: '', mailPort: '143' }],
    });
    expect(left).toEqual(['ForwardX11']);
  });

  it('but for the ports of a mailbox there is, which a mail program is set to', async () => {
    const { form } = await typed('ssh -L 11143:mail:143 me@host.example', { isNew: false });
    expect(form.forwards).toEqual(BLANK.forwards);
  });

  it('and a name that was typed, where a command says none', async () => {
    const form = { ...BLANK, sshHost: 'ssh host.example', sshUser: 'mine' };
    expect((await takeApart(form, TOOLS)).form.sshUser).toBe('mine');
  });

  it('with what the mail program speaks, where it is the mail server', async () => {
    expect((await typed('imaps://mail.example.org')).form).toMatchObject({
      sshHost: 'mail.example.org',
      sshPort: '22',
      forwards: [{ protocol: 'imaps', localPort: '12345', mailHost: '', mailPort: '993' }],
    });
  });

  it('likewise in the field of a mail server, and of a server on the way', async () => {
    const [first] = BLANK.forwards;
    if (first === undefined) throw new Error('The empty form has no forward.');
    const forwards = [first, { ...first, id: 'b', mailHost: 'imap.example.org:1993' }];
    const route = typedRoute({
      ...{ kind: 'jump', host: 'you@gate:2222', port: 22, user: '', signIn: { kind: 'password' } },
      route: { kind: 'direct' },
    });
    const before = { ...BLANK, sshHost: 'host.example', forwards, route };
    const { form, field } = await takeApart(before, TOOLS);
    expect(form.forwards[1]).toEqual({
      ...{ ...first, id: 'b', mailHost: 'imap.example.org', mailPort: '1993' },
    });
    expect(form.route).toMatchObject({ host: 'gate', port: '2222', user: 'you' });
    expect(field).toBe('forwards.1.mailHost');
  });
});

describe('what is typed as a server stays as it is', () => {
  it.each(['host.example', '192.0.2.7', '2001:db8::1', '', 'two words', 'ssh', 'ssh a; ssh b'])(
    'when there is nothing to understand: %s',
    async (text) => {
      expect(await typed(text)).toMatchObject({ changed: {}, field: null, problems: [] });
    },
  );

  it('when the command is wrong, and that is told', async () => {
    const params = { option: '-U' };
    expect(await typed('ssh -U me@host.example')).toMatchObject({
      changed: {},
      field: null,
      problems: [{ field: 'sshHost', messageKey: 'import:ssh.unknown-letter', params }],
    });
  });

  it('when the person took it back', async () => {
    const text = 'me@host.example:2222';
    expect((await typed(text, { kept: new Set([text]) })).changed).toEqual({});
  });

  it('in a mailbox that has nothing to take apart', async () => {
    const form = formOf(anAccount());
    expect((await takeApart(form, TOOLS)).form).toBe(form);
  });
});
