import { describe, expect, it } from 'vitest';
import type { Forward } from '../../../electron/shared/account';
import { errorOf } from '../../../electron/shared/state-words';
import { isProven } from '../../../electron/shared/tunnel-state';
import { accountFor, forwardTo, startEngine } from '../../support/engine';
import { startSmtpServer } from '../../world/smtp';
import { makeKey, writeKey } from '../../world/ssh-keys';
import { startSshd } from '../../world/sshd';
import { connect } from '../../world/talk';
import { keep, keepForFile, tidyUp } from './tidy';

tidyUp();

const key = await makeKey({ type: 'ed25519' });
const sshd = await keepForFile(startSshd({ authorizedKeys: [key], access: 'no-sessions' }));
/** Its certificate is made out to the name that the SSH server can look up. */
const smtp = await keepForFile(startSmtpServer({ certificateName: 'localhost' }));

async function engineWith(forward: Forward) {
  const extra = smtp.caFile === null ? {} : { extraCaFile: smtp.caFile };
  const engine = await keep(startEngine({ settings: { ...extra, waits: { greet: 1_000 } } }));
  const path = await writeKey(engine.folder, key, 'id');
  const signIn = { kind: 'key-file', path } as const;
  engine.host.setAccount(accountFor(sshd, [forward], { signIn }), 'person');
  return engine;
}

type Program = Awaited<ReturnType<typeof connect>>;

/** The answer to a command, with all its lines. */
async function ask(program: Program, command: string): Promise<string> {
  program.say(command);
  return answer(program);
}

async function answer(program: Program): Promise<string> {
  const lines: string[] = [];
  for (;;) {
    const line = await program.line();
    lines.push(line);
    if (!/^\d{3}-/.test(line)) return lines.join('\n');
  }
}

describe('an SMTP server', () => {
  it.each([
    ['smtp', 'smtp', 'none'],
    ['submission', 'submission', 'none'],
    ['smtp', 'smtp', 'starttls'],
    ['submission', 'submission', 'starttls'],
    ['submissions', 'submission', 'implicit'],
  ] as const)('greets and takes mail on its port %s: %s, %s', async (port, protocol, tls) => {
    const where = { host: 'localhost', port: smtp.ports[port] };
    const forward = { ...(await forwardTo(where, protocol)), tls };
    const engine = await engineWith(forward);
    const state = await engine.when(isProven, 'proven');
    expect(state).toMatchObject({
      proof: { greeting: { text: expect.stringMatching(/^220 /) as string } },
    });
    const before = (await smtp.delivered()).length;
    const program = await keep(connect(forward.localPort));
    expect(await answer(program)).toMatch(/^220 /);
    const offers = await ask(program, 'EHLO here');
    expect(offers).toMatch(/^250[ -]/);
    // Inside the bridge TLS is spoken already, and is not offered to the mail program again.
    expect(offers.includes('STARTTLS')).toBe(tls === 'none');
    if (protocol === 'submission') {
      const plain = Buffer.from(`\0${smtp.user}\0${smtp.password}`).toString('base64');
      expect(await ask(program, `AUTH PLAIN ${plain}`)).toMatch(/^235 /);
    }
    expect(await ask(program, 'MAIL FROM:<me@example.test>')).toMatch(/^250 /);
    expect(await ask(program, 'RCPT TO:<you@example.test>')).toMatch(/^250 /);
    expect(await ask(program, 'DATA')).toMatch(/^354 /);
    const said = `by ${port} and ${tls}`;
    expect(await ask(program, `Subject: tunnel\r\n\r\n${said}\r\n.`)).toMatch(/^250 /);
    const mail = (await smtp.whenDelivered(before + 1)).map(String);
    const mine = mail.find((text) => text.includes(said));
    const withTls = tls === 'none' ? '' : 's';
    const signedIn = protocol === 'submission' ? 'a' : '';
    expect(mine).toMatch(new RegExp(`with esmtp${withTls}${signedIn}\\b`));
  });

  it.each([
    ['submissions', 'none', 'tls-there'],
    ['submission', 'implicit', 'plain-there'],
  ] as const)('on its port %s is not spoken to with TLS %s', async (port, tls, reason) => {
    const where = { host: 'localhost', port: smtp.ports[port] };
    const engine = await engineWith({ ...(await forwardTo(where, 'submission')), tls });
    const state = await engine.when(
      (one) => one.kind === 'connected' && one.proof.kind === 'failed',
      'no proof',
    );
    expect(errorOf(state)).toMatchObject({ kind: 'tls-failed', reason });
  });
});
