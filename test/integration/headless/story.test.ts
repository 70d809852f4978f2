import { mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { startDovecot } from '../../world/dovecot';
import { compareDelivery, perfectDelivery } from '../../world/fetchmail';
import { makeMailHome } from '../../world/mail-home';
import { generateMessages } from '../../world/messages';
import { endFamily, familyOf } from '../../world/processes';
import { makeKey } from '../../world/ssh-keys';
import { startSshd } from '../../world/sshd';
import { dials } from '../../world/talk';
import { freePort } from '../../world/world-folder';
import { keep, tidyUp } from '../engine/tidy';

tidyUp();

const messages = generateMessages({ count: 12 });
const [toFetchmail, toMpop] = [messages.slice(0, 6), messages.slice(6)];

/** Everything that the HOWTO's reader types, on a machine without a display: one script, which any failure ends. */
const SCRIPT = `
set -e
mailmole import --off --no-ask ~/old-fetchmailrc
echo "$SSH_COMMAND" | mailmole import --off --no-ask --forward "$FORWARD" -
mailmole edit 127.0.0.1 --name Work
mailmole edit '127.0.0.1 2' --name Home

mailmole up
mailmole settings work --for fetchmail > ~/.fetchmailrc
mailmole settings home --for mpop > ~/.mpoprc
chmod 600 ~/.fetchmailrc ~/.mpoprc
fetchmail --nosyslog --mda ~/mda
mailmole wait home
mpop --quiet home

mailmole down
mailmole list
`;

it('takes two mailboxes from a .fetchmailrc and an ssh command, and fetches both from a script', async () => {
  const key = await makeKey({ type: 'ed25519' });
  const sshd = await keep(startSshd({ authorizedKeys: [key], access: 'no-sessions' }));
  const { host, port, user } = sshd;
  const work = await keep(startDovecot({ user, messages: toFetchmail, tls: false }));
  const home = await keep(startDovecot({ user, messages: toMpop, tls: false }));
  const ports = [await freePort(), await freePort()] as const;
  const ssh = (local: number, remote: number): string =>
    `ssh -C -f -p ${port} ${user}@${host} -L ${local}:${host}:${remote} sleep 5`;

  const person = await keep(makeMailHome());
  const command = `'${process.execPath}' '${resolve('build/mailmole.mjs')}'`;
  for (const folder of ['bin', 'Mail/new', 'Mail/home/new', 'Mail/home/cur', 'Mail/home/tmp'])
    await mkdir(person.folder.file(folder), { recursive: true });
  await mkdir(person.folder.file('run'), { mode: 0o700 });
  await person.folder.write('bin/mailmole', `#!/bin/sh\nexec ${command} "$@"\n`, 0o700);
  await person.folder.write('mda', '#!/bin/sh -C\nexec cat > ~/Mail/new/$$\n', 0o700);
  await person.install('~/.ssh/known_hosts', sshd.knownHosts());
  await person.install('~/.ssh/id_ed25519', key.privateKey);
  await person.install(
    '~/.netrc',
    [work, home]
      .map(({ password }, index) => {
        // fetchmail looks for the mail server's name there, mpop for the name it connects to.
        return `machine ${index === 0 ? host : 'localhost'} login ${user} password ${password}\n`;
      })
      .join(''),
  );
  // The file of the HOWTO, as its reader has had it since 1998.
  await person.install(
    '~/old-fetchmailrc',
    [
      'defaults',
      `    user ${user} is manish`,
      '    no rewrite',
      '',
      `poll localhost with protocol pop3 and port ${ports[0]}:`,
      `    preconnect "${ssh(ports[0], work.ports.pop3)}"`,
      '    password foobar;',
      '',
    ].join('\n'),
  );
  const env = {
    PATH: `${person.folder.file('bin')}:${process.env['PATH'] ?? ''}`,
    XDG_RUNTIME_DIR: person.folder.file('run'),
    // That it is POP3 no number says here, since the test's servers have none of the usual ones.
    FORWARD: `pop3=${ports[1]}:${host}:${home.ports.pop3}`,
    SSH_COMMAND: ssh(ports[1], home.ports.pop3),
  };
  try {
    const { code, output } = await person.sh(SCRIPT, { env });
    expect([code, output]).toEqual([
      0,
      expect.stringMatching(/^Work +off .*\nHome +off /mu) as string,
    ]);
    expect(output).toContain('password was not taken over');
    expect(compareDelivery(toMpop, await person.mail('Mail/home'))).toEqual(
      perfectDelivery(toMpop),
    );
    expect(compareDelivery(messages, await person.mail('Mail'))).toEqual(perfectDelivery(messages));
    expect([await dials(ports[0]), await dials(ports[1])]).toEqual([false, false]);
  } finally {
    // The first command has started it, by a name of the folder that no other process has.
    const { output } = await person.sh('pgrep -f -- "--profile=$HOME/"');
    for (const pid of output.split('\n').filter((line) => line !== ''))
      await endFamily(() => familyOf(Number(pid), person.folder.path), 10_000);
  }
});
