import { spawn } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { needProgram } from '../world/child.ts';
import { leftBehind } from '../world/left-behind.ts';
import { generateMessages, toUnix } from '../world/messages.ts';
import { startSmtpServer, type SmtpServer } from '../world/smtp.ts';
import { connect, dials } from '../world/talk.ts';
import { keep, tidyUp } from './engine/tidy.ts';

tidyUp();

/** Sends a message with curl; gives curl's exit code (67: sign-in refused, 55: the mail was refused). */
function send(url: string, mail: Buffer, more: readonly string[] = []): Promise<number | null> {
  const envelope = ['--mail-from', 'sender@example.test', '--mail-rcpt', 'you@example.test'];
  return new Promise((resolve, reject) => {
    const args = ['--silent', url, ...envelope, '--upload-file', '-', ...more];
    const child = spawn(needProgram('curl', 'curl'), args, { stdio: ['pipe', 'ignore', 'ignore'] });
    child.once('error', reject).once('close', resolve);
    child.stdin.end(mail);
  });
}

/** How to reach the server under the name in its certificate, and to check it. */
function byName(server: SmtpServer, port: number): string[] {
  const { certificateName, caFile } = server;
  return ['--resolve', `${certificateName}:${port}:127.0.0.1`, '--cacert', caFile ?? ''];
}

describe('the SMTP server', () => {
  const [message] = generateMessages({ count: 3 }).slice(2);
  const mail = message?.bytes ?? Buffer.alloc(0);
  const signIn = ['--user', 'msingh:foobar'];

  it('takes mail in every way, keeps it byte for byte, and leaves nothing behind', async () => {
    const server = await keep(startSmtpServer());
    const { smtp, submission, submissions } = server.ports;
    const name = server.certificateName;
    expect(await send(`smtp://127.0.0.1:${smtp}`, mail)).toBe(0);
    expect(await send(`smtp://127.0.0.1:${submission}`, mail, signIn)).toBe(0);
    const starttls = [...signIn, '--ssl-reqd', ...byName(server, submission)];
    expect(await send(`smtp://${name}:${submission}`, mail, starttls)).toBe(0);
    const implicit = [...signIn, ...byName(server, submissions)];
    expect(await send(`smtps://${name}:${submissions}`, mail, implicit)).toBe(0);
    const delivered = await server.whenDelivered(4);
    const wanted = toUnix(mail).toString('latin1');
    const texts = delivered.map((one) => one.toString('latin1'));
    expect(texts.map((one) => one.slice(-wanted.length))).toEqual(Array(4).fill(wanted));
    const ways = texts.map((one) => / with (esmtp\w*)/.exec(one)?.[1]);
    expect(ways.sort()).toEqual(['esmtp', 'esmtpa', 'esmtpsa', 'esmtpsa']);
    await server.stop();
    expect(leftBehind()).toEqual([]);
  });

  it('refuses strangers on the submission port, and says why', async () => {
    const server = await keep(startSmtpServer({ tls: false, greeting: 'popserver ESMTP' }));
    const { submission, submissions } = server.ports;
    const wrong = ['--user', 'msingh:wrong'];
    expect(await send(`smtp://127.0.0.1:${submission}`, mail, wrong)).toBe(67);
    expect(await dials(submissions)).toBe(false);
    const client = await keep(connect(submission));
    expect(await client.line()).toBe('220 popserver ESMTP');
    client.say('HELO here');
    expect(await client.line()).toMatch(/^250 /);
    client.say('MAIL FROM:<>');
    expect(await client.line()).toMatch(/^250 /);
    client.say('RCPT TO:<you@example.test>');
    expect(await client.line()).toBe('550 Sign in first.');
    expect(await server.delivered()).toEqual([]);
  });
});
