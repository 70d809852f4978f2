import { once } from 'node:events';
import { chmod, stat } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listDocument, statusDocument } from '../../../electron/control/documents';
import { startControlled, type Controlled } from '../../support/control';
import { giveKey, startMailWorld, type MailWorld } from '../../support/mail-world';
import { startTcpRelay, type TcpRelay } from '../../world/tcp-relay';
import { until } from '../../world/wait';
import { freePort } from '../../world/world-folder';

const GREETING = '+OK Dovecot ready.\n';

describe('the command, to the program that runs', () => {
  let world: MailWorld;
  let relay: TcpRelay;
  let program: Controlled;
  let port: number;
  let forward: string;

  beforeAll(async () => {
    world = await startMailWorld();
    relay = await startTcpRelay({ host: world.sshd.host, port: world.sshd.port });
    program = await startControlled();
    await giveKey({ home: program.home }, world.key);
    port = await freePort('127.0.0.1');
    forward = `pop3=${port}:${world.dovecot.host}:${world.dovecot.ports.pop3}`;
  });
  afterAll(async () => {
    await program.stop();
    await relay.stop();
    await world.stop();
  });
  const server = () => `${world.sshd.user}@${relay.host}:${relay.port}`;

  it('finds no mailbox at first, and says so apart from the list', async () => {
    expect(await program.mailmole('list')).toEqual({
      code: 0,
      out: '',
      err: 'There are no mailboxes yet. “mailmole add” makes one.\n',
    });
    const wait = await program.mailmole('wait', 'work');
    expect([wait.code, wait.err]).toEqual([
      2,
      expect.stringContaining('called work, nor any other'),
    ]);
  });

  it('adds one, switched off if that is wished, and lists it', async () => {
    const added = await program.mailmole('add', 'Work', '-s', server(), '-L', forward, '--off');
    expect(added).toEqual({ code: 0, out: 'Added Work.\n', err: '' });
    const { out } = await program.mailmole('list');
    expect(out).toBe(
      `Work  off  on-demand  pop3 localhost:${port} → 127.0.0.1:${world.dovecot.ports.pop3}\n`,
    );
  });

  it('ends with 1 where the mailbox is off, and knows it by its id too', async () => {
    const [mailbox] = listDocument.parse(
      JSON.parse((await program.mailmole('list', '--json')).out),
    ).mailboxes;
    const wait = await program.mailmole('wait', mailbox?.id ?? '');
    expect(wait).toMatchObject({ code: 1, err: expect.stringContaining('Work is off') as string });
  });

  it('ends with 3, asking nobody, where the server is not known and a script calls', async () => {
    expect(await program.mailmole('up', 'work')).toEqual({ code: 0, out: '', err: '' });
    const wait = await program.mailmole('wait', 'WORK');
    expect(wait).toMatchObject({ code: 3, out: '' });
    expect(wait.err).toMatch(/^mailmole: Work: .+\n$/u);
    expect(program.core.state.snapshot().prompts).toEqual([]);
    // The next poll of the same script does not even try.
    const before = relay.received();
    expect(await program.mailmole('wait', 'work')).toMatchObject({ code: 3 });
    expect(relay.received()).toBe(before);
  });

  it('may have a person asked, who then is waited for', async () => {
    program.answerWith((request) =>
      request.kind === 'host-key' ? { kind: 'trust' } : { kind: 'cancel' },
    );
    expect(await program.mailmole('wait', 'work', '--ask')).toEqual({ code: 0, out: '', err: '' });
  });

  it('prints the greeting word for word, asked for afresh', async () => {
    expect(await program.mailmole('check', 'work')).toEqual({ code: 0, out: GREETING, err: '' });
    expect(await program.mailmole('check', 'work', '--json')).toMatchObject({
      out: expect.stringContaining('"greeting": "+OK Dovecot ready."') as string,
    });
  });

  it('shows the state in words and as JSON', async () => {
    const { out } = await program.mailmole('status', 'work');
    expect(out).toMatch(/^Work {2}On\. .+\n$/u);
    const status = statusDocument.parse(
      JSON.parse((await program.mailmole('status', '--json')).out),
    );
    expect(status).toMatchObject({
      program: '1.2.3',
      mailboxes: [{ name: 'Work', on: true, state: 'connected', proven: true, error: null }],
    });
  });

  it('waits through a cut of the network that nobody has noticed yet', async () => {
    relay.cut();
    expect(await program.mailmole('wait', 'work')).toMatchObject({ code: 0 });
    await relay.refuse(true);
    relay.cut();
    const check = await program.mailmole('check', 'work');
    expect(check).toMatchObject({ code: 1, out: '' });
    expect(check.err).toMatch(/^mailmole: Work: \S.*\n$/u);
    const wait = await program.mailmole('wait', 'work', '--timeout', '1');
    expect(wait).toMatchObject({ code: 4 });
    await relay.refuse(false);
    expect(await program.mailmole('wait', 'work')).toMatchObject({ code: 0 });
  });

  it('prints what a mail program needs, and says which programs there are', async () => {
    const settings = await program.mailmole('settings', 'work', '--for', 'fetchmail');
    expect(settings).toMatchObject({
      code: 0,
      out: expect.stringContaining(String(port)) as string,
    });
    const wrong = await program.mailmole('settings', 'work', '--for', 'fetchmial');
    expect(wrong).toMatchObject({
      code: 2,
      err: expect.stringContaining('Did you mean fetchmail?') as string,
    });
    const nothing = await program.mailmole('settings', 'work', '--for', 'msmtp');
    expect(nothing).toMatchObject({ code: 1, out: '' });
  });

  it('changes what is given and leaves the rest, from options and from JSON', async () => {
    expect(
      await program.mailmole('edit', 'work', '--mode', 'always-on', '--name', 'Post'),
    ).toMatchObject({ code: 0 });
    const input = '{"connection": {"keepaliveSeconds": 20}}';
    expect(await program.mailmoleWith({ input }, 'edit', 'post', '--input', '-')).toMatchObject({
      code: 0,
    });
    const { mailboxes } = listDocument.parse(
      JSON.parse((await program.mailmole('list', '--json')).out),
    );
    expect(mailboxes).toMatchObject([
      { name: 'Post', mode: 'always-on', connection: { keepaliveSeconds: 20, keepaliveCount: 3 } },
    ]);
    expect(await program.mailmole('wait', 'post')).toMatchObject({ code: 0 });
  });

  it('takes a mailbox back as it was listed, on ports of its own', async () => {
    const { mailboxes } = listDocument.parse(
      JSON.parse((await program.mailmole('list', '--json')).out),
    );
    const copy = {
      ...mailboxes[0],
      name: 'Copy',
      forwards: [{ protocol: 'pop3' }, { protocol: 'imap' }],
    };
    const added = await program.mailmoleWith(
      { input: JSON.stringify(copy) },
      'add',
      '--off',
      '--input',
      '-',
    );
    expect(added).toEqual({ code: 0, out: 'Added Copy.\n', err: '' });
    const [, second] = program.core.state.snapshot().accounts;
    expect(second?.account.forwards).toMatchObject([{ mailPort: 110 }, { mailPort: 143 }]);
  });

  it('adds nothing of a mailbox that is wrong, and says field by field what would be right', async () => {
    const input = JSON.stringify({
      sshHost: 'a b',
      sshUser: 'me',
      forwards: [{ protocol: 'pop3', localPort: 99999 }],
    });
    const added = await program.mailmoleWith({ input }, 'add', 'Bad', '--input', '-');
    expect(added).toMatchObject({ code: 2, out: '' });
    expect(added.err.split('\n')).toEqual([
      expect.stringMatching(/^mailmole: Bad, sshHost: /u),
      expect.stringMatching(/^mailmole: Bad, forwards\.0\.localPort: /u),
      expect.stringMatching(/^mailmole: Bad, forwards\.0\.mailHost: /u),
      '',
    ]);
    expect(program.core.state.snapshot().accounts).toHaveLength(2);
  });

  it('stops waiting when the caller is gone', async () => {
    await program.mailmole('edit', 'copy', '--server', server(), '--mode', 'on-demand');
    await program.mailmole('up', 'copy');
    relay.blackhole();
    const child = program.start('wait', 'copy', '--timeout', '600');
    await until('the wait has begun', () =>
      program.core.state.snapshot().accounts.some(({ account, state }) => {
        return account.name === 'Copy' && state.kind === 'connecting';
      }),
    );
    child.kill('SIGINT');
    const [, signal] = (await once(child, 'exit')) as [number | null, string | null];
    expect(signal).toBe('SIGINT');
    relay.revive();
  });

  it('adds the mailboxes of a text, all or none, and says what was left out', async () => {
    const command = `ssh -L ${port + 1}:mail.example.org:110 -X me@shell.example.org`;
    const dry = await program.mailmoleWith({ input: command }, 'import', '-', '--dry-run');
    expect(dry).toMatchObject({
      code: 0,
      out: expect.stringMatching(/ would be added\.\n$/u) as string,
    });
    const done = await program.mailmoleWith({ input: command }, 'import', '-', '--off');
    expect(done.code).toBe(0);
    expect(done.err).toMatch(/^the standard input:1:\d+: ForwardX11 was not taken over\. /u);
    const [name] = /(?<=^Added ).*(?=\.\n$)/u.exec(done.out) ?? [''];
    expect(await program.mailmole('remove', name)).toMatchObject({ code: 0 });
    const other = { input: `ssh -L ${port + 1}:mail.example.org:2110 me@shell.example.org` };
    const told = await program.mailmoleWith(other, 'import', '-', '-L', 'pop3', '--dry-run');
    expect(told).toMatchObject({ code: 0, err: '' });
    const broken = await program.mailmoleWith({ input: 'poll x\nuser "a' }, 'import', '-');
    expect(broken).toMatchObject({ code: 2, out: '' });
    expect(broken.err).toMatch(/^mailmole: the standard input:2:\d+: /u);
    const open = await program.mailmoleWith({ input: 'ssh me@shell.example.org' }, 'import', '-');
    expect(open.err).toContain('--forward');
    expect(program.core.state.snapshot().accounts).toHaveLength(2);
  });

  it('removes one', async () => {
    expect(await program.mailmole('remove', 'copy')).toEqual({ code: 0, out: '', err: '' });
    expect(program.core.state.snapshot().accounts).toHaveLength(1);
  });

  it('switches all of them off', async () => {
    expect(await program.mailmole('down')).toMatchObject({ code: 0 });
    await until('all is off', () =>
      program.core.state.snapshot().accounts.every(({ state }) => state.kind === 'off'),
    );
  });

  it('is private: the folder, the socket, and the pointer to it', async () => {
    const modeOf = async (file: string) => (await stat(file)).mode & 0o777;
    expect(await modeOf(program.paths.controlFolder)).toBe(0o700);
    expect(await modeOf(program.paths.socketPath)).toBe(0o600);
    expect(await modeOf(program.paths.pointer)).toBe(0o600);
    await chmod(program.paths.controlFolder, 0o755);
    const list = await program.mailmole('list');
    expect(list).toMatchObject({
      code: 1,
      err: expect.stringContaining('open to other users') as string,
    });
    await chmod(program.paths.controlFolder, 0o700);
  });
});
