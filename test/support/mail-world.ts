import { appendFile, chmod, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { startDovecot, type Dovecot } from '../world/dovecot.ts';
import type { TestMessage } from '../world/messages.ts';
import { makeKey, type TestKey } from '../world/ssh-keys.ts';
import { startSshd, type Sshd, type SshdOptions } from '../world/sshd.ts';
import { freePort } from '../world/world-folder.ts';
import { makeAppFolder, type AppFolder } from './app.ts';
import type { Filled } from './pages.ts';

/** A server to sign in to that only forwards, and a mail server behind it: both real. */
export interface MailWorld {
  readonly sshd: Sshd;
  readonly dovecot: Dovecot;
  readonly key: TestKey;
  stop(): Promise<void>;
}

/** Starts them; `key` opens the account. */
export async function startMailWorld({
  messages = [],
  ssh = {},
}: { messages?: readonly TestMessage[]; ssh?: SshdOptions } = {}): Promise<MailWorld> {
  const key = await makeKey({ type: 'ed25519' });
  const dovecot = await startDovecot({ messages, tls: false });
  const sshd = await startSshd({ authorizedKeys: [key], access: 'no-sessions', ...ssh });
  return {
    sshd,
    dovecot,
    key,
    stop: async () => {
      await sshd.stop();
      await dovecot.stop();
    },
  };
}

/** Puts a key where OpenSSH and Mailmole look for it by themselves. */
export async function giveKey({ home }: Pick<AppFolder, 'home'>, key: TestKey): Promise<string> {
  const file = path.join(home, '.ssh', 'id_ed25519');
  await writeFile(file, key.privateKey);
  await chmod(file, 0o600);
  return file;
}

/** Makes a server known to a person, as if they had used it before. */
export async function makeKnown({ home }: Pick<AppFolder, 'home'>, lines: string): Promise<void> {
  await appendFile(path.join(home, '.ssh', 'known_hosts'), lines);
}

/** What a person fills in to reach this mailbox, on a local port that is free. */
export async function filledFor(
  { sshd, dovecot }: Pick<MailWorld, 'sshd' | 'dovecot'>,
  more: Filled = {},
): Promise<Filled & { readonly localPort: number }> {
  return {
    name: 'University',
    server: sshd.host,
    user: sshd.user,
    port: sshd.port,
    mailServer: dovecot.host,
    mailPort: dovecot.ports.pop3,
    ...more,
    localPort: typeof more.localPort === 'number' ? more.localPort : await freePort('127.0.0.1'),
  };
}

/** The folders of a person who has used the server before: with the key, and with the server's own among the known. */
export async function familiarFolder({ sshd, key }: MailWorld): Promise<AppFolder> {
  const folder = await makeAppFolder();
  await giveKey(folder, key);
  await makeKnown(folder, sshd.knownHosts());
  return folder;
}
