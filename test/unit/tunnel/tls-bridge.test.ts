import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { createSecureContext, createServer as createTlsServer, TLSSocket } from 'node:tls';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Forward } from '../../../electron/shared/account';
import { joinForward } from '../../../electron/tunnel/forward-pipe';
import { trustForMail } from '../../../electron/tunnel/mail-trust';
import { proveForward } from '../../../electron/tunnel/proof';
import { bridged } from '../../../electron/tunnel/tls-bridge';
import { makeCertificates } from '../../world/certificates';
import { until } from '../../world/wait';
import { makeWorldFolder, type WorldFolder } from '../../world/world-folder';
import { closeLocals, listen, localPair, patternOf, startPair, type SshPair } from './ssh-pair';
import { forwardOf } from './stand-ins';

const NAME = 'mail.example.test';
const FROM = { address: '127.0.0.1', port: 0 };

let folder: WorldFolder;
let caFile: string;
let good: Identity;
let expired: Identity;
let stranger: Identity;

interface Identity {
  readonly key: string;
  readonly cert: string;
}

/** A certificate that ran out yesterday, by the same authority. */
async function makeExpired(): Promise<string> {
  const out = folder.file('expired.pem');
  const signer = ['-CA', folder.file('ca.pem'), '-CAkey', folder.file('ca.key'), '-CAcreateserial'];
  const request = ['-in', folder.file('server.csr'), '-extfile', folder.file('extensions')];
  const args = ['x509', '-req', '-days', '-1', ...request, ...signer, '-out', out];
  await promisify(execFile)('openssl', args);
  return readFile(out, 'utf8');
}

beforeAll(async () => {
  folder = await makeWorldFolder('tls-bridge');
  const files = await makeCertificates(folder, NAME);
  caFile = files.caFile;
  good = {
    key: await readFile(files.keyFile, 'utf8'),
    cert: await readFile(files.certificateFile, 'utf8'),
  };
  expired = { key: good.key, cert: await makeExpired() };
  const other = await makeWorldFolder('tls-stranger');
  const theirs = await makeCertificates(other, NAME);
  stranger = {
    key: await readFile(theirs.keyFile, 'utf8'),
    cert: await readFile(theirs.certificateFile, 'utf8'),
  };
  await other.remove();
});
afterAll(() => folder.remove());

const open: { stop(): Promise<void> | void }[] = [];
afterEach(async () => {
  closeLocals();
  for (const one of open.splice(0).reverse()) await one.stop();
});

/** A mail server on a free port, and an SSH connection that leads to it. */
async function worldOf(server: Server): Promise<SshPair> {
  const port = await listen(server);
  const sockets = new Set<Socket>();
  const pair = await startPair((accept) => {
    const channel = accept();
    const socket = connect({ host: '127.0.0.1', port, allowHalfOpen: true });
    sockets.add(socket);
    channel.on('error', () => undefined);
    socket.on('error', () => undefined).once('close', () => channel.close());
    channel.pipe(socket);
    socket.pipe(channel);
  });
  open.push(pair, {
    stop: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  });
  return pair;
}

/** A server with TLS from the first byte on, which does as told inside. */
function tlsServer(identity: Identity, act: (inside: TLSSocket) => void): Server {
  return createTlsServer({ ...identity, allowHalfOpen: true }, (inside) => {
    inside.on('error', () => undefined);
    act(inside);
  });
}

/** A server that speaks plain text: for each line it hears it says what stands there, and begins TLS after `go`. */
function plainServer(
  greeting: string,
  answers: Readonly<Record<string, string>>,
  inside: (tls: TLSSocket) => void,
  heard: string[] = [],
): Server {
  return createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => undefined);
    socket.write(greeting);
    const onData = (chunk: Buffer) => {
      const line = chunk.toString('latin1').trimEnd();
      heard.push(line);
      const answer = answers[line] ?? '500 what?\r\n';
      socket.write(answer);
      if (!/STLS|STARTTLS/.test(line) || /^(-ERR|a NO|5)/.test(answer)) return;
      socket.off('data', onData);
      const secureContext = createSecureContext(good);
      const tls = new TLSSocket(socket, { isServer: true, secureContext });
      tls.on('error', () => undefined);
      inside(tls);
    };
    socket.on('data', onData);
  });
}

const forwardTo = (more: Partial<Forward>) =>
  forwardOf({ mailHost: NAME, mailPort: 995, tls: 'implicit', ...more });

async function bridgeIn(pair: SshPair, forward: Forward, timeoutMs = 5_000) {
  const channel = await pair.session.openForward(forward.mailHost, forward.mailPort, FROM);
  return bridged(channel, forward, { trust: () => trustForMail(caFile), timeoutMs });
}

/** A mail program that is joined to the server through the bridge. */
async function programAt(pair: SshPair, forward: Forward) {
  const far = await bridgeIn(pair, forward);
  const local = await localPair();
  const none = () => undefined;
  const pipe = joinForward(local.local, far, pair.session.gate, { down: none, up: none });
  return { ...local, pipe, text: () => local.got().toString() };
}

/** How many channels ssh2 holds for our end. */
const channelsOf = (pair: SshPair): number =>
  (pair.client as unknown as { _chanMgr: { _count: number } })._chanMgr._count;

const echo = (inside: TLSSocket) => {
  inside.write('+OK inside\r\n');
  inside.pipe(inside);
};

describe('a bridge with TLS from the start', () => {
  it('carries both ways, byte for byte, and ends cleanly', async () => {
    const pair = await worldOf(tlsServer(good, echo));
    const one = await programAt(pair, forwardTo({}));
    await until('the greeting', () => one.text() === '+OK inside\r\n');
    const bytes = patternOf(5_000_000);
    one.program.end(bytes);
    await until('it came back', () => one.got().length === bytes.length + 12);
    expect(one.got().subarray(12).equals(bytes)).toBe(true);
    await until('it ended', () => one.ended());
    expect(one.ended()).toBe('end');
    await one.pipe.done;
  });

  it('waits for a mail program that reads slowly, and loses nothing', async () => {
    const bytes = patternOf(32_000_000, 7);
    let server: TLSSocket | null = null;
    const pair = await worldOf(
      tlsServer(good, (inside) => {
        server = inside;
        inside.end(bytes);
      }),
    );
    const far = await bridgeIn(pair, forwardTo({}));
    const { program, local } = await localPair({ paused: true });
    const none = () => undefined;
    joinForward(local, far, pair.session.gate, { down: none, up: none });
    await until('the local socket is full', () => local.writableNeedDrain);
    expect((server as TLSSocket | null)?.writableFinished).toBe(false);
    const chunks: Buffer[] = [];
    let ended = false;
    program.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => (ended = true));
    program.resume();
    await until('all came', () => ended);
    expect(Buffer.concat(chunks).equals(bytes)).toBe(true);
  });

  it('resets the mail program when the bytes end and TLS did not', async () => {
    let below: Socket | null = null;
    const server = tlsServer(good, (inside) => inside.write('+OK half a mess'));
    server.on('connection', (socket: Socket) => (below = socket));
    const pair = await worldOf(server);
    const one = await programAt(pair, forwardTo({}));
    await until('half of it', () => one.text() === '+OK half a mess');
    (below as Socket | null)?.end();
    await until('it ended', () => one.ended());
    expect(one.ended()).toBe('ECONNRESET');
    await one.pipe.done;
  });

  it('resets the mail program when the SSH connection dies', async () => {
    const pair = await worldOf(tlsServer(good, echo));
    const one = await programAt(pair, forwardTo({}));
    await until('the greeting', () => one.got().length > 0);
    pair.far.resetAndDestroy();
    await pair.session.closed;
    one.pipe.reset();
    await until('it ended', () => one.ended());
    expect(one.ended()).toBe('ECONNRESET');
    await one.pipe.done;
  });

  const BAD: readonly [string, () => Identity, string, string][] = [
    ['that belongs to another', () => good, 'other.example.test', 'wrong-name'],
    ['for a name, where the address was asked for', () => good, '127.0.0.1', 'wrong-name'],
    ['that has run out', () => expired, NAME, 'expired'],
    ['of an unknown issuer', () => stranger, NAME, 'unknown-issuer'],
  ];
  it.each(BAD)('refuses a certificate %s', async (_what, identity, mailHost, reason) => {
    let heard = '';
    const pair = await worldOf(
      tlsServer(identity(), (inside) => inside.on('data', (chunk) => (heard += String(chunk)))),
    );
    await expect(bridgeIn(pair, forwardTo({ mailHost }))).rejects.toMatchObject({
      error: { kind: 'certificate-refused', mailHost, mailPort: 995, reason },
    });
    expect(heard).toBe('');
  });

  it('refuses one that vouches for itself', async () => {
    const self = folder.file('self.pem');
    const subject = ['-subj', `/CN=${NAME}`, '-addext', `subjectAltName=DNS:${NAME}`];
    await promisify(execFile)('openssl', [
      ...['req', '-x509', '-days', '2', '-nodes', '-newkey', 'ec', '-pkeyopt'],
      ...['ec_paramgen_curve:P-256', ...subject, '-keyout', self, '-out', folder.file('self.crt')],
    ]);
    const key = await readFile(self, 'utf8');
    const cert = await readFile(folder.file('self.crt'), 'utf8');
    const pair = await worldOf(tlsServer({ key, cert }, echo));
    await expect(bridgeIn(pair, forwardTo({}))).rejects.toMatchObject({
      error: { kind: 'certificate-refused', reason: 'unknown-issuer' },
    });
  });

  const ODD: readonly [string, (socket: Socket) => void, object][] = [
    [
      'speaks plain text',
      (socket) => socket.write('+OK plain\r\n'),
      { kind: 'tls-failed', reason: 'plain-there', detail: '+OK plain' },
    ],
    ['is silent', (socket) => socket.resume(), { kind: 'no-greeting', detail: 'silence' }],
    ['closes', (socket) => socket.destroy(), { kind: 'no-greeting' }],
  ];
  it.each(ODD)('tells of a server that %s', async (_what, act, error) => {
    const pair = await worldOf(createServer((socket) => act(socket.on('error', () => undefined))));
    await expect(bridgeIn(pair, forwardTo({}), 300)).rejects.toMatchObject({ error });
  });
});

const EHLO = 'EHLO [127.0.0.1]';
const HELLO = '250-mail greets\r\n250 STARTTLS\r\n';

describe('a bridge with STARTTLS', () => {
  const FINE: readonly [Forward['protocol'], string, Record<string, string>, string][] = [
    ['pop3', '+OK Ready. <1896.697@mail>\r\n', { STLS: '+OK go\r\n' }, '+OK Ready.\r\n'],
    [
      'imap',
      '* OK [CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED] Dovecot ready.\r\n',
      { 'a STARTTLS': '* note\r\na OK go\r\n' },
      '* OK Dovecot ready.\r\n',
    ],
    [
      'submission',
      '220-mail ESMTP\r\n220 no spam\r\n',
      { [EHLO]: HELLO, STARTTLS: '220 go\r\n' },
      '220 mail ESMTP\r\n',
    ],
  ];
  it.each(FINE)('of %s greets once and passes on', async (protocol, greeting, answers, first) => {
    const inside = (tls: TLSSocket) => tls.pipe(tls);
    const pair = await worldOf(plainServer(greeting, answers, inside));
    const one = await programAt(pair, forwardTo({ protocol, tls: 'starttls' }));
    await until('the greeting', () => one.text() === first);
    one.program.end('through TLS\r\n');
    await until('it ended', () => one.ended());
    expect([one.ended(), one.text()]).toEqual(['end', `${first}through TLS\r\n`]);
  });

  const BAD: readonly [string, Forward['protocol'], string, Record<string, string>, object][] = [
    [
      'words after the answer',
      'pop3',
      '+OK\r\n',
      { STLS: '+OK go\r\n+OK injected\r\n' },
      { kind: 'tls-failed', reason: 'tampered', detail: '+OK injected' },
    ],
    [
      'words after the answer, of IMAP',
      'imap',
      '* OK hi\r\n',
      { 'a STARTTLS': 'a OK go\r\n* CAPABILITY AUTH=PLAIN\r\n' },
      { kind: 'tls-failed', reason: 'tampered' },
    ],
    [
      'an answer before the question',
      'smtp',
      '220 hi\r\n250 hello\r\n220 go\r\n',
      {},
      { kind: 'tls-failed', reason: 'tampered' },
    ],
    ['no STLS', 'pop3', '+OK\r\n', { STLS: '-ERR what?\r\n' }, { reason: 'no-starttls' }],
    ['no STARTTLS', 'imap', '* OK\r\n', { 'a STARTTLS': 'a NO no\r\n' }, { reason: 'no-starttls' }],
    [
      'no STARTTLS of SMTP',
      'smtp',
      '220 hi\r\n',
      { [EHLO]: HELLO, STARTTLS: '502 no\r\n' },
      { reason: 'no-starttls', detail: '502 no' },
    ],
    ['PREAUTH', 'imap', '* PREAUTH hi\r\n', {}, { kind: 'tls-failed', reason: 'no-starttls' }],
    ['BYE', 'imap', '* BYE full\r\n', {}, { kind: 'wrong-greeting', got: '* BYE full' }],
    ['554', 'smtp', '554-no\r\n554 mail\r\n', {}, { kind: 'wrong-greeting', got: '554-no' }],
    ['another protocol', 'pop3', '* OK IMAP\r\n', {}, { kind: 'wrong-greeting' }],
    ['an endless line', 'pop3', `+OK ${'x'.repeat(9_000)}`, {}, { detail: 'too long a line' }],
    [
      'endless lines',
      'smtp',
      '220-hi\r\n'.repeat(20_000),
      {},
      { kind: 'no-greeting', detail: 'too long a line' },
    ],
  ];
  it.each(BAD)('stops at %s', async (_what, protocol, greeting, answers, error) => {
    const heard: string[] = [];
    const pair = await worldOf(plainServer(greeting, answers, echo, heard));
    const forward = forwardTo({ protocol, tls: 'starttls' });
    await expect(bridgeIn(pair, forward)).rejects.toMatchObject({ error });
    expect(heard.length).toBeLessThanOrEqual(2);
  });

  it('checks the name as well', async () => {
    const pair = await worldOf(plainServer('+OK\r\n', { STLS: '+OK\r\n' }, echo));
    const forward = forwardTo({ mailHost: 'other.example.test', tls: 'starttls' });
    await expect(bridgeIn(pair, forward)).rejects.toMatchObject({
      error: { kind: 'certificate-refused', reason: 'wrong-name' },
    });
  });
});

describe('what a bridge leaves behind', () => {
  it('is nothing, however a connection ends', async () => {
    const theirs: TLSSocket[] = [];
    const act = (inside: TLSSocket) => {
      theirs.push(inside);
      inside.resume().on('end', () => inside.end());
      inside.write('+OK\r\n');
    };
    const pair = await worldOf(tlsServer(good, act));
    const ends: Promise<void>[] = [];
    for (let i = 0; i < 24; i++) {
      const one = await programAt(pair, forwardTo({}));
      await until('the greeting', () => one.got().length > 0);
      if (i % 4 === 0) one.program.end('QUIT\r\n');
      else if (i % 4 === 1) theirs.at(-1)?.end('bye\r\n', () => one.program.end());
      else if (i % 4 === 2) one.program.resetAndDestroy();
      else theirs.at(-1)?.destroy();
      ends.push(one.pipe.done);
    }
    await Promise.all(ends);
    await until('no channel is left', () => channelsOf(pair) === 0);
  });

  it('is nothing when it did not come about', async () => {
    const pair = await worldOf(tlsServer(stranger, echo));
    await expect(bridgeIn(pair, forwardTo({}))).rejects.toThrow();
    await until('no channel is left', () => channelsOf(pair) === 0);
  });

  it('is nothing when the SSH connection dies meanwhile', async () => {
    const pair = await worldOf(createServer((socket) => socket.resume()));
    const coming = bridgeIn(pair, forwardTo({}));
    await until('it is asked for', () => channelsOf(pair) === 1);
    pair.far.resetAndDestroy();
    await expect(coming).rejects.toThrow();
    await until('no channel is left', () => channelsOf(pair) === 0);
  });
});

describe('the proof of a forward', () => {
  it('goes through the bridge, leaves politely and leaves nothing', async () => {
    let heard = '';
    const pair = await worldOf(
      tlsServer(good, (inside) => {
        inside.write('+OK inside\r\n');
        inside.on('data', (chunk) => (heard += String(chunk))).on('end', () => inside.end());
      }),
    );
    const open = (_session: unknown, forward: Forward) => bridgeIn(pair, forward);
    expect(await proveForward(pair.session, forwardTo({}), open)).toBe('+OK inside');
    await until('it is left politely', () => heard === 'QUIT\r\n');
    await until('no channel is left', () => channelsOf(pair) === 0);
  });

  const plainly = (pair: SshPair, forward: Forward) =>
    proveForward(
      pair.session,
      forward,
      (session, { mailHost, mailPort }, from) => session.openForward(mailHost, mailPort, from),
      300,
    );

  it('says so when plain text was meant and the port speaks TLS', async () => {
    const pair = await worldOf(tlsServer(stranger, echo));
    await expect(plainly(pair, forwardTo({ tls: 'none' }))).rejects.toMatchObject({
      error: { kind: 'tls-failed', reason: 'tls-there', mailHost: NAME, mailPort: 995 },
    });
  });

  it('says that a silent server is silent when it does not speak TLS either', async () => {
    const pair = await worldOf(createServer((socket) => socket.on('data', () => socket.end())));
    await expect(plainly(pair, forwardTo({ tls: 'none' }))).rejects.toMatchObject({
      error: { kind: 'no-greeting', detail: 'silence' },
    });
  });
});
