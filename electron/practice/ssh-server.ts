import { connect, type Socket } from 'node:net';
import ssh2, { type AuthContext, type Connection, type TcpipRequestInfo } from 'ssh2';
import { LOOPBACK, listenOnLoopback, type LoopbackServer } from './loopback';
import { PRACTICE_USER } from './pop3-session';
import { SshPipe } from './ssh-pipe';

/** What the practice SSH server needs. */
export interface SshServerOptions {
  /** 0 to 65535; 0 takes any free one. */
  readonly port: number;
  /** The server's own private key, in OpenSSH's format, not encrypted. */
  readonly hostKey: string;
  /** The one Ed25519 key that may sign in, in SSH's wire format. */
  readonly clientKey: Buffer;
  /** The only port that may be reached through this server. */
  readonly pop3Port: number;
  /** Milliseconds a client has for signing in. */
  readonly signInMs?: number;
}

const TWO_MINUTES = 120_000;
const MAX_CONNECTIONS = 32;
const MAX_CHANNELS = 32;
const MAX_REFUSED_SIGN_INS = 6;
/** The names under which a client may ask for this computer; what it asks for is never looked up. */
const THIS_COMPUTER: readonly string[] = ['localhost', LOOPBACK];

/** RFC 4254, section 5.1. */
const PROHIBITED = 1;
const CONNECT_FAILED = 2;
const RESOURCE_SHORTAGE = 4;

/**
 * Fast ones that both Node and Electron have: modp key exchanges stall Electron for up to a minute. Compression is
 * left out, since ssh2's server has a poor record with it (mscdex/ssh2#594, #607).
 */
const ALGORITHMS: ssh2.Algorithms = {
  kex: ['curve25519-sha256', 'curve25519-sha256@libssh.org', 'ecdh-sha2-nistp256'],
  cipher: ['aes128-gcm@openssh.com', 'aes256-gcm@openssh.com', 'aes128-ctr', 'aes256-ctr'],
  hmac: ['hmac-sha2-256-etm@openssh.com', 'hmac-sha2-512-etm@openssh.com', 'hmac-sha2-256'],
  compress: ['none'],
};

interface OpenFailureWriter {
  channelOpenFail: (recipient: number, reason: number, text: string) => void;
}

function isWriter(value: unknown): value is OpenFailureWriter {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof Reflect.get(value, 'channelOpenFail') === 'function'
  );
}

/**
 * Refuses a channel with a reason and a text. ssh2's own `reject()` always says "connect failed", which a client
 * must read as "the mail server is down"; so its writer is replaced for the length of the call. Should ssh2 ever
 * change inside, the refusal stands and only its reason is lost.
 */
function refuse(connection: Connection, reject: () => void, reason: number, text: string): void {
  const protocol: unknown = Reflect.get(connection, '_protocol');
  if (!isWriter(protocol)) {
    reject();
    return;
  }
  const write = protocol.channelOpenFail;
  protocol.channelOpenFail = (recipient) => write.call(protocol, recipient, reason, text);
  try {
    reject();
  } finally {
    protocol.channelOpenFail = write;
  }
}

function mayEnter(attempt: AuthContext, clientKey: Buffer): boolean {
  if (attempt.method !== 'publickey' || attempt.username !== PRACTICE_USER) return false;
  if (attempt.key.algo !== 'ssh-ed25519' || !attempt.key.data.equals(clientKey)) return false;
  // A client may ask first whether a key would do; that is not yet a sign-in, and ssh2 treats it so.
  if (attempt.signature === undefined || attempt.blob === undefined) return true;
  const key = ssh2.utils.parseKey(clientKey);
  if (key instanceof Error) return false;
  // Its type says boolean, but ssh2 also returns an Error, which a plain truth test would take for a yes.
  const verdict: unknown = key.verify(attempt.blob, attempt.signature);
  return verdict === true;
}

/** One client: signs it in, and opens the only door there is. */
class Guest {
  readonly #connection: Connection;
  readonly #transport: Socket;
  readonly #options: SshServerOptions;
  #refused = 0;
  #channels = 0;

  constructor(connection: Connection, transport: Socket, options: SshServerOptions) {
    this.#connection = connection;
    this.#transport = transport;
    this.#options = options;
    connection.on('authentication', (attempt) => this.#signIn(attempt));
    connection.on('tcpip', (accept, reject, wanted) => this.#open(accept, reject, wanted));
    // Sessions, agent forwarding, remote forwards and sockets have no listener: ssh2 then prohibits them itself.
  }

  #signIn(attempt: AuthContext): void {
    if (mayEnter(attempt, this.#options.clientKey)) {
      attempt.accept();
      return;
    }
    // Asking by "none" what may be used is how every client begins, and no failed sign-in.
    if (attempt.method !== 'none') this.#refused += 1;
    if (this.#refused >= MAX_REFUSED_SIGN_INS) this.#connection.end();
    else attempt.reject(['publickey']);
  }

  #open(accept: () => ssh2.ServerChannel, reject: () => void, wanted: TcpipRequestInfo): void {
    const { pop3Port } = this.#options;
    if (wanted.destPort !== pop3Port || !THIS_COMPUTER.includes(wanted.destIP)) {
      const text = `this server leads to ${LOOPBACK}:${pop3Port} only`;
      refuse(this.#connection, reject, PROHIBITED, text);
      return;
    }
    if (this.#channels >= MAX_CHANNELS) {
      refuse(this.#connection, reject, RESOURCE_SHORTAGE, 'too many connections at once');
      return;
    }
    this.#channels += 1;
    const target = connect({
      host: LOOPBACK,
      port: pop3Port,
      noDelay: true,
      allowHalfOpen: true,
    });
    target.once('close', () => (this.#channels -= 1));
    const failed = (error: Error): void =>
      refuse(this.#connection, reject, CONNECT_FAILED, error.message);
    target.once('error', failed);
    target.once('connect', () => {
      target.removeListener('error', failed);
      if (this.#transport.destroyed) target.destroy();
      else new SshPipe(accept(), target, this.#transport);
    });
  }
}

function serve(transport: Socket, options: SshServerOptions): void {
  const late = setTimeout(() => transport.destroy(), options.signInMs ?? TWO_MINUTES);
  transport.once('close', () => clearTimeout(late));
  // SSH knows no half-open connection.
  transport.once('end', () => transport.destroySoon());
  // Each of its channels listens too.
  transport.setMaxListeners(0);
  const server = new ssh2.Server(
    { hostKeys: [options.hostKey], algorithms: ALGORITHMS, ident: 'Mailmole_practice' },
    (connection) => {
      // May come more than once and after the end; `close` of the transport is what counts.
      connection.on('error', () => transport.destroySoon());
      connection.once('ready', () => clearTimeout(late));
      new Guest(connection, transport, options);
    },
  );
  // The server is given each connection and never listens itself: so we hold the socket, with its limits and its end.
  server.injectSocket(transport);
}

/**
 * Starts the practice SSH server on the loopback address: one user, one key, one place to forward to, no shell.
 * Rejects with Node's error when the port cannot be bound.
 */
export function startSshServer(options: SshServerOptions): Promise<LoopbackServer> {
  return listenOnLoopback({
    port: options.port,
    maxConnections: MAX_CONNECTIONS,
    serve: (transport) => serve(transport, options),
  });
}
