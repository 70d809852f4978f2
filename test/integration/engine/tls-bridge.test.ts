import { connect as connectTls } from 'node:tls';
import { describe, expect, it } from 'vitest';
import type { Forward } from '../../../electron/shared/account';
import { errorOf } from '../../../electron/shared/state-words';
import { isProven, type TunnelState } from '../../../electron/shared/tunnel-state';
import { accountFor, forwardTo, startEngine } from '../../support/engine';
import { startDovecot, type Dovecot } from '../../world/dovecot';
import { compareDelivery, howtoRc, makeFetchmail, perfectDelivery } from '../../world/fetchmail';
import { generateMessages } from '../../world/messages';
import { makeKey, writeKey } from '../../world/ssh-keys';
import { startSshd } from '../../world/sshd';
import { connect } from '../../world/talk';
import { until } from '../../world/wait';
import { plainServer } from './plain-server';
import { keep, keepForFile, tidyUp } from './tidy';

tidyUp();

const key = await makeKey({ type: 'ed25519' });
const sshd = await keepForFile(startSshd({ authorizedKeys: [key], access: 'no-sessions' }));

/** A mailbox of 200 messages, whose certificate is made out to the name that the SSH server can look up. */
const messages = generateMessages();
const dovecot = await keepForFile(startDovecot({ messages, certificateName: 'localhost' }));

const hasFailed = (state: TunnelState): boolean =>
  state.kind === 'connected' && state.proof.kind === 'failed';

async function engineWith(forward: Forward, extraCaFile = dovecot.caFile, server = sshd) {
  const extra = extraCaFile === null ? {} : { extraCaFile };
  const engine = await keep(startEngine({ settings: { ...extra, waits: { greet: 1_000 } } }));
  const path = await writeKey(engine.folder, key, 'id');
  const signIn = { kind: 'key-file', path } as const;
  engine.host.setAccount(accountFor(server, [forward], { signIn }), 'person');
  return engine;
}

async function bridgeTo(
  port: keyof Dovecot['ports'],
  tls: Forward['tls'],
  { host = 'localhost', ports = dovecot.ports } = {},
): Promise<Forward> {
  return { ...(await forwardTo({ host, port: ports[port] }, port)), tls };
}

/** What a mail program gets that only listens. */
async function refusalAt({ localPort }: Forward): Promise<string> {
  const program = await connect(localPort);
  try {
    return await program.line();
  } finally {
    await program.stop();
  }
}

describe('the TLS bridge', () => {
  it.each([
    ['pop3s', 'implicit'],
    ['pop3', 'starttls'],
  ] as const)('brings a mailbox byte for byte: %s, %s', async (port, tls) => {
    const forward = await bridgeTo(port, tls);
    const engine = await engineWith(forward);
    const state = await engine.when(isProven, 'proven');
    expect(state).toMatchObject({ proof: { greeting: { text: '+OK Dovecot ready.' } } });
    const fetchmail = await keep(makeFetchmail());
    const rc = howtoRc(forward.localPort).replace('no rewrite', 'no rewrite fetchall keep');
    const { code, output } = await fetchmail.run(rc);
    expect([code, output]).toEqual([0, expect.stringContaining('200 messages')]);
    expect(compareDelivery(messages, await fetchmail.delivered())).toEqual(
      perfectDelivery(messages),
    );
    // Only the trust in the SSH server was asked for.
    expect(engine.prompts).toHaveLength(1);
    await until('nothing is open', () => engine.traffic().openConnections === 0);
    const size = messages.reduce((sum, message) => sum + message.bytes.length, 0);
    expect(engine.traffic().bytesDown).toBeGreaterThan(size);
  });

  it.each([
    ['imaps', 'implicit'],
    ['imap', 'starttls'],
  ] as const)('lets a mail program speak plain IMAP: %s, %s', async (port, tls) => {
    const forward = await bridgeTo(port, tls);
    const engine = await engineWith(forward);
    await engine.when(isProven, 'proven');
    const program = await keep(connect(forward.localPort));
    expect(await program.line()).toMatch(/^\* OK .*Dovecot ready\.$/);
    program.say('a CAPABILITY');
    expect(await program.line()).toMatch(/^\* CAPABILITY (?!.*(STARTTLS|LOGINDISABLED))/);
    expect(await program.line()).toMatch(/^a OK/);
    program.say('b LOGIN msingh foobar');
    await until('signed in', async () => (await program.line()).startsWith('b OK'));
  });

  it.each([
    ['pop3s', 'implicit', '-ERR [SYS/TEMP] Mailmole: The mail server there is not 127.0.0.1.'],
    ['imap', 'starttls', '* BYE Mailmole: The mail server there is not 127.0.0.1.'],
  ] as const)('refuses a wrong name without a question: %s, %s', async (port, tls, words) => {
    const forward = await bridgeTo(port, tls, { host: '127.0.0.1' });
    const engine = await engineWith(forward);
    const state = await engine.when(hasFailed, 'no proof');
    expect(errorOf(state)).toMatchObject({ kind: 'certificate-refused', reason: 'wrong-name' });
    expect(await refusalAt(forward)).toBe(words);
    expect(engine.prompts).toHaveLength(1);
    expect(engine.traffic()).toMatchObject({ bytesUp: 0, bytesDown: 0 });
  });

  it('refuses an issuer that nobody on this computer trusts', async () => {
    const forward = await bridgeTo('pop3s', 'implicit');
    const engine = await engineWith(forward, null);
    const state = await engine.when(hasFailed, 'no proof');
    expect(errorOf(state)).toMatchObject({ kind: 'certificate-refused', reason: 'unknown-issuer' });
    expect(await refusalAt(forward)).toBe(
      '-ERR [SYS/TEMP] Mailmole: localhost cannot prove who it is.',
    );
  });

  it('resets a mail program whose tunnel broke in the middle', async () => {
    const mortal = await keep(startSshd({ authorizedKeys: [key], access: 'no-sessions' }));
    const forward = await bridgeTo('pop3s', 'implicit');
    const engine = await engineWith(forward, dovecot.caFile, mortal);
    await engine.when(isProven, 'proven');
    const program = await keep(connect(forward.localPort));
    expect(await program.line()).toBe('+OK Dovecot ready.');
    await mortal.kill();
    await expect(program.line()).rejects.toThrow(/ECONNRESET/);
  });
});

describe('a mistaken choice of port', () => {
  it.each([
    ['plain was meant, TLS is there', 'pop3s', 'pop3', 'none', 'tls-there'],
    ['STARTTLS was meant, TLS is there', 'pop3s', 'pop3', 'starttls', 'tls-there'],
    ['TLS was meant, plain is there', 'pop3', 'pop3', 'implicit', 'plain-there'],
    ["the mail program's TLS was meant, plain is there", 'imap', 'imaps', 'none', 'plain-there'],
  ] as const)('is told: %s', async (_what, port, protocol, tls, reason) => {
    const forward = await bridgeTo(port, tls);
    const engine = await engineWith({ ...forward, protocol });
    const state = await engine.when(hasFailed, 'no proof');
    expect(errorOf(state)).toMatchObject({ kind: 'tls-failed', reason });
  });

  it.each([
    ['imap', '* BYE overloaded', '* BYE overloaded'],
    ['smtp', '554-no mail\r\n554 here', '554-no mail'],
    ['submission', '421 later', '421 later'],
  ] as const)('is told from a refusal: %s, %j', async (protocol, line, got) => {
    const server = await plainServer((socket) => socket.write(`${line}\r\n`));
    const engine = await engineWith(await forwardTo(server, protocol));
    const state = await engine.when(hasFailed, 'no proof');
    expect(errorOf(state)).toMatchObject({ kind: 'wrong-greeting', got });
  });

  it.each([
    ['imap', '* PREAUTH welcome'],
    ['smtp', '220-mail.example.org ESMTP\r\n220 no spam'],
  ] as const)('is none: %s, %j', async (protocol, lines) => {
    const server = await plainServer((socket) => socket.write(`${lines}\r\n`));
    const engine = await engineWith(await forwardTo(server, protocol));
    await engine.when(isProven, 'proven');
  });
});

describe('a forward without a bridge', () => {
  it("leaves TLS to the mail program, which sees the server's own certificate", async () => {
    const forward = await bridgeTo('imaps', 'none');
    const engine = await engineWith(forward);
    await engine.when(isProven, 'proven');
    const program = connectTls({ port: forward.localPort, rejectUnauthorized: false });
    await until('TLS is up', () => program.getPeerCertificate().subject);
    expect(program.getPeerCertificate().subject.CN).toBe('localhost');
    program.destroy();
  });
});
