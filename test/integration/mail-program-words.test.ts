import { expect, it } from 'vitest';
import { settingsFor, type Program } from '../../electron/client-setup/programs';
import type { ForwardProtocol } from '../../electron/shared/account';
import { accountFor } from '../support/engine';
import { englishWords } from '../unit/support/words';
import { startDovecot } from '../world/dovecot';
import { makeMailHome, type MailHome } from '../world/mail-home';
import { keep, tidyUp } from './engine/tidy';

tidyUp();

const t = await englishWords();

/** What every one of these formats could trip over. */
const NAME = `Frank's "mail" \\ $box; #1 -- \`x\``;
const USER = `o"ne \\two 'three' #x ; $y`;

/** A home where a program finds the settings for a mailbox with such a name and such a user. */
async function homeFor(
  program: Program,
  protocol: ForwardProtocol,
  localPort: number,
): Promise<MailHome> {
  const forward = { localAddress: 'localhost', mailHost: 'mail.example.test', mailPort: 1 };
  const forwards = [{ id: 'f', protocol, localPort, tls: 'none', ...forward } as const];
  const ssh = { host: 'shell.example.test', port: 22, user: USER };
  const account = accountFor(ssh, forwards, { name: NAME });
  const settings = settingsFor(account, program, t);
  if (settings.kind !== 'files') throw new Error(`${program}: ${settings.kind}`);
  const home = await keep(makeMailHome());
  for (const { path, text } of settings.files) await home.install(path, text);
  return home;
}

it('fetchmail reads the user and the command back as they are meant', async () => {
  const home = await homeFor('fetchmail', 'pop3', 11110);
  const { output } = await home.sh('fetchmail --configdump');
  // It answers in Python's way of writing, which for these is JSON's too.
  expect(output).toContain(`"remote":${JSON.stringify(USER)}`);
  const command = /"preconnect":(".*"),/.exec(output)?.[1] ?? '""';
  const shown = await home.sh(
    `mailmole() { printf '%s\\n' "$@"; }\n${String(JSON.parse(command))}`,
  );
  expect(shown.output).toBe(`wait\n${NAME}\n`);
});

it.each([
  ['mpop', 'pop3', 'mpop --pretend frank-s-mail-box-1-x'],
  [
    'msmtp',
    'submission',
    'msmtp --pretend --account=frank-s-mail-box-1-x --from=a@b.test c@d.test',
  ],
] as const)('%s reads the user back as it is meant', async (program, protocol, line) => {
  const home = await homeFor(program, protocol, 11110);
  const { code, output } = await home.sh(line);
  expect(code).toBe(0);
  expect(output).toContain(`\nuser = ${USER}\n`);
});

it('getmail reads the user back as it is meant', async () => {
  const home = await homeFor('getmail', 'pop3', 11110);
  await home.sh('cd ~ && mkdir -p Mail/frank-s-mail-box-1-x && cd Mail/*x && mkdir cur new tmp');
  const { output } = await home.sh('getmail --rcfile frank-s-mail-box-1-x --dump');
  expect(output).toContain(`username="${USER}"`);
});

it('mbsync says the user as it is meant', async () => {
  const dovecot = await keep(startDovecot({ tls: false, config: 'auth_username_chars =' }));
  const home = await homeFor('mbsync', 'imap', dovecot.ports.imap);
  await home.sh('mkdir -p ~/Mail/frank-s-mail-box-1-x');
  const { output } = await home.sh('mbsync frank-s-mail-box-1-x', { password: 'wrong' });
  expect(output).toContain('AUTHENTICATIONFAILED');
  const [, user] = await dovecot.waitForLog(/auth failed.*user=<(.*)>, method=/);
  expect(user).toBe(USER);
});
