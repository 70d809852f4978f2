import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdir, rmdir, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEFAULT_CONNECTION } from '../../electron/shared/account';
import { describeError, type Translate } from '../../electron/shared/messages';
import type { TunnelErrorKind } from '../../electron/shared/tunnel-error';
import { builtApp, keepApps, makeAppFolder, type AppRunner, type TestApp } from '../support/app';
import { expectAccessible } from '../support/axe';
import { addMailbox, expectCard, stateOf, through, troubleOf, type Change } from '../support/cards';
import { runCommand } from '../support/control';
import { giveKey, makeKnown, startMailWorld, type MailWorld } from '../support/mail-world';
import { inPage, MailboxForm, type Mailbox, type MainWindow } from '../support/pages';
import { englishWords } from '../unit/support/words';
import { needProgram } from '../world/child';
import { startFullServer, type FullServer } from '../world/full-server';
import { startSshd, type Sshd } from '../world/sshd';
import { startTcpRelay, type TcpRelay } from '../world/tcp-relay';
import { isRoot } from '../world/test-account';
import { until } from '../world/wait';
import { freePort, type WorldFolder } from '../world/world-folder';

const run = promisify(execFile);
const LOW_PORT = 110;
/** Some systems let everybody have every port. */
const FOR_ALL_FROM = readFileSync('/proc/sys/net/ipv4/ip_unprivileged_port_start', 'utf8');
const canBeForbidden = Number(FOR_ALL_FROM) > LOW_PORT;

describe('what stops a mailbox, and the card that gets it going again', () => {
  const apps = keepApps();
  let mail: MailWorld;
  /** Known as well, and halted at first. */
  let other: Sshd;
  /** Nobody has seen it yet. */
  let unknown: Sshd;
  let relays: { readonly lost: TcpRelay; readonly mute: TcpRelay };
  let silent: FullServer;
  let app: TestApp;
  let main: MainWindow;
  let knownHosts: string;
  let t: Translate;
  const row = (name: string): Mailbox => main.mailbox(name);

  /** How a mailbox of each name differs from one that works. */
  const waysToFail = (knownHostsFile: string): Readonly<Record<string, Change>> => ({
    // Takes twenty seconds to be told of, in which the others are looked at.
    'no-greeting': through({ mailHost: '127.0.0.1', mailPort: relays.mute.port }),
    // The broadcast address of the loopback interface, to which no line can be opened.
    unreachable: { sshHost: '127.255.255.255' },
    'timed-out': {
      sshPort: silent.port,
      connection: { ...DEFAULT_CONNECTION, connectTimeoutSeconds: 1 },
    },
    'connection-lost': { sshPort: relays.lost.port },
    'known-hosts-unusable': { connection: { ...DEFAULT_CONNECTION, knownHostsFile } },
    'cancelled-by-person': { sshPort: unknown.port },
    'address-unavailable': through({
      ...{ localAddress: '::1', mailHost: '127.0.0.1', mailPort: mail.dovecot.ports.pop3 },
    }),
    ...(canBeForbidden
      ? {
          'port-forbidden': through({
            ...{ localAddress: '127.0.0.1', localPort: LOW_PORT },
            ...{ mailHost: '127.0.0.1', mailPort: mail.dovecot.ports.pop3 },
          }),
        }
      : {}),
    spare: {},
  });

  beforeAll(async () => {
    t = await englishWords();
    mail = await startMailWorld();
    other = await startSshd({ authorizedKeys: [mail.key], access: 'no-sessions' });
    unknown = await startSshd({ authorizedKeys: [mail.key], access: 'no-sessions' });
    relays = {
      lost: await startTcpRelay(other),
      mute: await startTcpRelay({ host: '127.0.0.1', port: mail.dovecot.ports.pop3 }),
    };
    await other.halt();
    silent = await startFullServer(mail.sshd);
    relays.mute.blackhole();
    const folder = await makeAppFolder();
    await giveKey(folder, mail.key);
    const key = mail.sshd.hostKeys[0]?.publicKey ?? '';
    const ports = [mail.sshd.port, relays.lost.port, silent.port];
    await makeKnown(folder, ports.map((port) => `[127.0.0.1]:${port} ${key}\n`).join(''));
    knownHosts = folder.world.file('known');
    await mkdir(knownHosts);
    app = await apps.launch({ folder, runner: await poorer(folder.world) });
    main = await app.main();
    for (const [name, change] of Object.entries(waysToFail(knownHosts)))
      await addMailbox(main, mail, name, change);
  });
  afterAll(async () => {
    for (const relay of Object.values(relays)) await relay.stop();
    for (const server of [silent, mail, other, unknown]) await server.stop();
  });

  /** Waits for the trouble that a mailbox is named after, or another, and for the card that says so. */
  async function shows(kind: TunnelErrorKind, name: string = kind): Promise<void> {
    await expectCard(app, name, await troubleOf(app, name, kind), t);
  }

  /** Presses a button of the card that leads to the form, and waits until the keyboard is in this field of it. */
  async function edit(name: string, button: string, field: string): Promise<MailboxForm> {
    await row(name).button(button).click();
    const form = new MailboxForm(main.page);
    const focused = 'document.activeElement.labels?.[0]?.textContent';
    await until(
      `the keyboard is in ${field}`,
      async () => (await inPage(main.page, focused)) === field,
    );
    return form;
  }

  /** Presses the button of the card that gives a text for whoever runs the server, and waits until it is copied. */
  async function copies(name: string): Promise<void> {
    await row(name).button('Copy text for my administrator').click();
    await until(`the text about ${name} is copied`, async () => {
      const copied = await app.electron.evaluate(({ clipboard }) => clipboard.readText());
      return copied.startsWith(`My mailbox “${name}” does not work in Mailmole `);
    });
  }

  it('a server that cannot be reached', () => shows('unreachable'));
  it('a server that does not answer, also while it is tried again', async () => {
    await shows('timed-out');
    const { title } = describeError(await troubleOf(app, 'timed-out', 'timed-out'), t);
    await until(
      'it is tried again under the card',
      async () => {
        const state = await stateOf(app, 'timed-out');
        if (state?.kind !== 'connecting' || state.tries === 0) return false;
        return row('timed-out').trouble(title).isVisible();
      },
      { timeoutMs: 40_000 },
    );
    await row('timed-out').root.locator('.raw__text').waitFor();
  });

  it('a line that breaks', () => shows('connection-lost'));
  it('a list of known servers that cannot be read', () => shows('known-hosts-unusable'));
  it.skipIf(!canBeForbidden)('a port that only the system may have', () => shows('port-forbidden'));

  it('an address that this computer does not have', () => shows('address-unavailable'));

  it('a new server that the person does not trust', async () => {
    const asked = await app.question('Is this the right server?');
    await asked.press('Cancel');
    await shows('cancelled-by-person');
  });

  it('hides none of it from anybody, and tells whoever runs the server', async () => {
    await expectAccessible(main.page);
    for (const name of ['unreachable', 'timed-out', 'connection-lost']) await copies(name);
  });

  it('is mended by another server’s name', async () => {
    const form = await edit('unreachable', 'Change the server', 'Server');
    await form.fill({ server: mail.sshd.host });
    await form.save();
    await row('unreachable').isOn();
  });

  it('is tried at once when the person knows that the server is back', async () => {
    silent.revive();
    await row('timed-out').button('Try now').click();
    await row('timed-out').isOn();
    await other.start();
    await row('connection-lost').button('Try now').click();
    await row('connection-lost').isOn();
  });

  it('goes on with a list of known servers that can be read', async () => {
    await rmdir(knownHosts);
    await writeFile(knownHosts, mail.sshd.knownHosts());
    await row('known-hosts-unusable').button('Try again').click();
    await row('known-hosts-unusable').isOn();
  });

  it('asks about the new server once more', async () => {
    await row('cancelled-by-person').button('Show the fingerprint').click();
    const asked = await app.question('Is this the right server?');
    await asked.press('Trust');
    await row('cancelled-by-person').isOn();
  });

  it.skipIf(!canBeForbidden)('takes another port', async () => {
    const form = await edit('port-forbidden', 'Change the port', 'Port on this computer');
    await form.fill({ localPort: await freePort('127.0.0.1') });
    await form.save();
    await row('port-forbidden').isOn();
  });

  it('takes another address', async () => {
    const form = await edit('address-unavailable', 'Change the port', 'Port on this computer');
    await form.openMore();
    await form.field('Address on this computer for POP3').fill('localhost');
    await form.save();
    await row('address-unavailable').isOn();
  });

  it('says without a network that it waits for one', async () => {
    const network = (what: 'up' | 'down') =>
      runCommand(['--profile', app.folder.data, 'network', what], { env: app.env });
    expect(await network('down')).toMatchObject({ code: 0 });
    // Servers of this very computer are there without one.
    await addMailbox(main, mail, 'far away', { sshHost: 'nowhere.invalid' });
    await row('far away').says('This computer has no network\\. Mailmole connects by itself');
    expect(await network('up')).toMatchObject({ code: 0 });
    await shows('host-not-found', 'far away');
  });

  it('tells of what nobody foresaw: here, that the system gives no more files', async () => {
    await row('spare').flip();
    await row('spare').says('Off\\.');
    const limit = await limitFiles(await app.tunnelHost(), 0);
    await row('spare').flip();
    await shows('unexpected', 'spare');
    await limitFiles(await app.tunnelHost(), limit);
    await row('spare').button('Try again').click();
    await row('spare').isOn();
  });

  it('a mail server that says nothing, which is asked once more', async () => {
    await shows('no-greeting');
    await copies('no-greeting');
    relays.mute.revive();
    // It would be by itself after half a minute.
    await row('no-greeting').button('Try again').click();
    await row('no-greeting').isOn();
  });

  const tryNow = async (): Promise<void> => {
    const { accounts } = await app.snapshot();
    const id = accounts.find(({ account }) => account.name === 'spare')?.account.id;
    await inPage(main.page, `window.mailmole.tryNow(${JSON.stringify(id)})`);
  };

  /** Kills the process that holds the tunnels, time and again, until the pause before the next is a long one. */
  async function stopEngine(): Promise<void> {
    let killed = 0;
    await until(
      'the pause is a long one',
      async () => {
        const state = await stateOf(app, 'spare');
        const isPaused = state?.kind === 'retrying' && state.cause.kind === 'engine-stopped';
        if (isPaused && state.retryAt - Date.now() > 10_000) return true;
        if (isPaused) await tryNow();
        const pid = await app.tunnelHost();
        if (pid !== killed) process.kill(pid, 'SIGKILL');
        killed = pid;
        return false;
      },
      { timeoutMs: 40_000 },
    );
  }

  it('tells that its own engine stopped, and starts it at once when asked to', async () => {
    await stopEngine();
    await shows('engine-stopped', 'spare');
    await expectAccessible(main.page);
    await row('spare').button('Try now').click();
    await row('spare').isOn();
  });
});

/** Sets how many files a process may have open from now on; gives what it was. */
async function limitFiles(pid: number, files: number): Promise<number> {
  const prlimit = needProgram('prlimit', 'util-linux');
  const ask = ['--pid', String(pid), '--noheadings', '--output', 'SOFT', '--nofile'];
  const { stdout } = await run(prlimit, ask);
  await run(prlimit, ['--pid', String(pid), `--nofile=${files}:`]);
  return Number(stdout);
}

/**
 * Takes IPv6 from what it starts, as a kernel does that was started with ipv6.disable=1: socket(2) answers EAFNOSUPPORT
 * (97) for AF_INET6 (10). A seccomp filter in classic BPF, see seccomp(2); 157 and 41 are prctl and socket on x86_64,
 * 167 and 198 on aarch64.
 */
const WITHOUT_IPV6 = `
  my ($prctl, $socket) = $ENV{MACHINE} eq 'arm64' ? (167, 198) : (157, 41);
  my $filter = pack '(SCCL)*', 0x20, 0, 0, 0, 0x15, 0, 3, $socket, 0x20, 0, 0, 16, 0x15, 0, 1, 10,
    0x06, 0, 0, 0x50000 | 97, 0x06, 0, 0, 0x7fff0000;
  my $program = pack 'S x6 P', 6, $filter;
  syscall($prctl, 38, 1, 0, 0, 0) == 0 or die "PR_SET_NO_NEW_PRIVS: $!";
  syscall($prctl, 22, 2, $program, 0, 0) == 0 or die "PR_SET_SECCOMP: $!";
  exec @ARGV;
`;

/** Starts the application on a computer without IPv6, and as who may have no port below 1024, root or not. */
async function poorer(folder: WorldFolder): Promise<AppRunner> {
  const built = await builtApp();
  const filter = await folder.write('without-ipv6.pl', WITHOUT_IPV6);
  const setpriv = `'${needProgram('setpriv', 'util-linux')}' --bounding-set=-net_bind_service --`;
  const perl = `MACHINE=${process.arch} exec ${isRoot() ? setpriv : ''} '${needProgram('perl', 'perl-base')}'`;
  const script = `#!/bin/sh\n${perl} '${filter}' '${built.executable}' "$@"\n`;
  return { ...built, executable: await folder.write('start', script, 0o755) };
}
