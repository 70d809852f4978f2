import { readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { startDovecot } from '../world/dovecot';
import { compareDelivery, perfectDelivery } from '../world/fetchmail';
import { makeMailHome, type MailHome } from '../world/mail-home';
import { generateMessages } from '../world/messages';
import { makeKey } from '../world/ssh-keys';
import { startSshd } from '../world/sshd';
import { startTcpRelay } from '../world/tcp-relay';
import { until } from '../world/wait';
import { freePort } from '../world/world-folder';
import { keep, tidyUp } from './engine/tidy';

tidyUp();

const messages = generateMessages({ count: 14 });
const key = await makeKey({ type: 'ed25519' });

/** The home of somebody with a key, who knows the server and has `mailmole` among their commands. */
async function homeOf(knownHosts: string): Promise<MailHome> {
  const home = await keep(makeMailHome());
  await home.install('~/.ssh/known_hosts', knownHosts);
  await home.install('~/.ssh/id_ed25519', key.privateKey);
  const command = [process.execPath, resolve('build/mailmole.mjs')].map((word) => `'${word}'`);
  await mkdir(home.folder.file('bin'));
  await mkdir(home.folder.file('Mail', 'new'), { recursive: true });
  await home.folder.write('bin/mailmole', `#!/bin/sh\nexec ${command.join(' ')} "$@"\n`, 0o700);
  await home.folder.write('mda', '#!/bin/sh -C\nexec cat > ~/Mail/new/$$\n', 0o700);
  await mkdir(home.folder.file('run'), { mode: 0o700 });
  return home;
}

it('fetchmail waits for the mailbox by what is printed, as a daemon and over a cut of the network', async () => {
  const sshd = await keep(startSshd({ authorizedKeys: [key], access: 'no-sessions' }));
  const relay = await keep(startTcpRelay(sshd));
  const mail = await keep(
    startDovecot({ user: sshd.user, messages: messages.slice(0, 7), tls: false }),
  );
  const { host, ports, password } = mail;
  const home = await homeOf(sshd.knownHosts().replaceAll(`:${sshd.port}`, `:${relay.port}`));
  const env = {
    PATH: `${home.folder.file('bin')}:${process.env['PATH'] ?? ''}`,
    XDG_RUNTIME_DIR: home.folder.file('run'),
  };
  const sh = (line: string) => home.sh(line, { env });
  const read = (file: string) => {
    try {
      return readFileSync(home.folder.file(file), 'utf8');
    } catch {
      return '';
    }
  };
  const detail = () => `${read('log')}\n${read('headless')}`;

  const program = sh('echo $$ > pid && exec mailmole --headless 2> headless');
  // A command that came sooner would start another one, and that might be the one to stay.
  const serves = () => read('.config/Mailmole/control-socket') !== '';
  await until('it serves', serves, { timeoutMs: 30_000, detail });
  const forward = `pop3=${await freePort()}:${host}:${ports.pop3}`;
  const server = `${sshd.user}@${relay.host}:${relay.port}`;
  expect(await sh(`mailmole add Work --server ${server} --forward ${forward}`)).toEqual({
    code: 0,
    output: 'Added Work.\n',
  });
  const print =
    'mailmole settings work --for fetchmail > ~/.fetchmailrc && chmod 600 ~/.fetchmailrc';
  expect(await sh(print)).toEqual({ code: 0, output: '' });
  expect(read('.fetchmailrc')).toContain('\n  preconnect "mailmole wait Work"\n');
  await home.install('~/.netrc', `machine ${host} login ${sshd.user} password ${password}\n`);

  const options = '--nosyslog --verbose --nodetach --daemon 1 --mda ~/mda';
  const daemon = sh(`fetchmail ${options} > log 2>&1`);
  const arrivedAndSleeps = (count: number) => async () =>
    (await home.mail('Mail')).length === count && /: sleeping at [^\n]*\n$/.test(read('log'));
  await until('the first are here', arrivedAndSleeps(7), { timeoutMs: 20_000, detail });
  await relay.refuse(true);
  relay.cut();
  await mail.deliver(messages.slice(7));
  await relay.refuse(false);
  await until('the others are here', arrivedAndSleeps(14), { timeoutMs: 40_000, detail });
  expect(compareDelivery(messages, await home.mail('Mail'))).toEqual(perfectDelivery(messages));

  // Switched off, there is nothing to wait for, and fetchmail does not even try.
  expect((await sh('mailmole down work')).code).toBe(0);
  await until(
    'fetchmail hears of it',
    () => /pre-connection command failed with status 1/.test(read('log')),
    { timeoutMs: 20_000, detail },
  );
  await sh('fetchmail --quit');
  await daemon;
  await sh('kill $(cat pid)');
  expect((await program).code).toBe(0);
});
