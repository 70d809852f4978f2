import { createServer, type Socket } from 'node:net';
import ssh2, {
  type AuthContext,
  type AuthenticationType,
  type Connection,
  type KeyboardAuthContext,
  type PublicKeyAuthContext,
  type ServerConfig,
} from 'ssh2';
import { KeyRing, AttemptSecrets } from '../../../electron/secrets/key-ring';
import { AttemptMemory } from '../../../electron/tunnel/attempt-memory';
import type { AuthStep } from '../../../electron/tunnel/connection-plan';
import type { ConnectionDependencies } from '../../../electron/tunnel/connection-dependencies';
import { HostKeys } from '../../../electron/tunnel/host-keys';
import { KeyOpener } from '../../../electron/tunnel/key-opener';
import type { Person } from '../../../electron/tunnel/person';
import { openSession } from '../../../electron/tunnel/ssh-connection';
import { calmCompression } from '../../../electron/tunnel/ssh2-mending';
import type { SshSession } from '../../../electron/tunnel/ssh-session';
import { listen, type OnForward } from './ssh-pair';
import { PLAN } from './stand-ins';
import { makeServerKey } from '../../support/server-key';

const host = makeServerKey();

/** How a server in a test lets people in; ways and their order as in OpenSSH's `AuthenticationMethods`. */
export interface AuthRules {
  /** Each a list of ways that are all needed, in this order; one list is enough. */
  readonly ways: readonly (readonly AuthenticationType[])[];
  /** `authorized_keys` lines. */
  readonly keys?: readonly string[];
  readonly password?: string;
  /** Asks its questions and says whether the answers are right. */
  readonly interactive?: (context: KeyboardAuthContext) => Promise<boolean>;
  /** A look at each request first; true when it was dealt with. */
  readonly first?: (context: AuthContext, connection: Connection) => boolean;
  readonly server?: Partial<ServerConfig>;
  readonly onForward?: OnForward;
}

export interface AuthServer {
  readonly port: number;
  /** What was put before it, in order: `none`, `key?` (would you take it), `key!` (signed), `password`, … */
  readonly seen: readonly string[];
  readonly connections: readonly Connection[];
  readonly sockets: readonly Socket[];
  /** As a line of known_hosts. */
  readonly hostLine: string;
  stop(): void;
}

export async function startAuthServer(rules: AuthRules): Promise<AuthServer> {
  const seen: string[] = [];
  const connections: Connection[] = [];
  const sockets: Socket[] = [];
  const sshServer = new ssh2.Server({ hostKeys: [host.private], ...rules.server }, (connection) => {
    connections.push(connection);
    calmCompression(connection);
    connection.on('error', () => undefined);
    connection.on('tcpip', (accept, reject, info) => {
      if (rules.onForward === undefined) reject();
      else rules.onForward(accept, reject, info);
    });
    const judge = makeJudge(rules, seen);
    connection.on('authentication', (context) => {
      if (rules.first?.(context, connection) !== true) void judge(context);
    });
  });
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.setNoDelay(true);
    socket.on('error', () => undefined);
    sshServer.injectSocket(socket);
  });
  const port = await listen(server);
  return {
    port,
    seen,
    connections,
    sockets,
    hostLine: `[127.0.0.1]:${port} ${host.public}`,
    stop: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

/** One connection's way through the rules. */
function makeJudge(rules: AuthRules, seen: string[]): (context: AuthContext) => Promise<void> {
  let left = rules.ways.map((way) => [...way]);
  const wanted = () => [...new Set(left.flatMap(([next]) => (next === undefined ? [] : [next])))];
  return async (context) => {
    seen.push(nameOf(context));
    const { method } = context;
    const known = wanted();
    if (!known.includes(method) || !(await passes(rules, context))) {
      context.reject(known);
      return;
    }
    // The first half of a key: "would you take it?"
    if (context.method === 'publickey' && context.signature === undefined) {
      context.accept();
      return;
    }
    left = left.flatMap(([next, ...rest]) => (next === method ? [rest] : []));
    if (left.some((way) => way.length === 0)) context.accept();
    else context.reject(wanted(), true);
  };
}

function nameOf(context: AuthContext): string {
  if (context.method === 'publickey') return context.signature === undefined ? 'key?' : 'key!';
  return context.method;
}

async function passes(rules: AuthRules, context: AuthContext): Promise<boolean> {
  switch (context.method) {
    case 'publickey':
      return signs(rules.keys ?? [], context);
    case 'password':
      return context.password === rules.password;
    case 'keyboard-interactive':
      return rules.interactive?.(context) ?? false;
    case 'none':
    case 'hostbased':
      return false;
  }
}

function signs(keys: readonly string[], context: PublicKeyAuthContext): boolean {
  const data = context.key.data.toString('base64');
  const line = keys.find((key) => key.split(' ')[1] === data);
  if (line === undefined) return false;
  if (context.signature === undefined) return true;
  const key = ssh2.utils.parseKey(line);
  if (key instanceof Error || context.blob === undefined) return false;
  return key.verify(context.blob, context.signature, context.hashAlgo);
}

/** Says something while a sign-in is under way. ssh2 itself says its banner only before the first answer, and has no public way to say more. */
export function sayBanner(connection: Connection, text: string): void {
  const { _protocol: protocol } = connection as unknown as { _protocol: ServerProtocol };
  const { write } = protocol._packetRW;
  const said = Buffer.from(text);
  // RFC 4252, 5.4: byte SSH_MSG_USERAUTH_BANNER, string message, string language tag.
  const packet = write.alloc(1 + 4 + said.length + 4);
  let at = packet.writeUInt8(53, write.allocStart);
  at = packet.writeUInt32BE(said.length, at);
  at += said.copy(packet, at);
  packet.writeUInt32BE(0, at);
  protocol._cipher.encrypt(write.finalize(packet));
}

/** Says something that is encrypted well and cannot be decompressed. */
export function sayGarbage(connection: Connection | undefined): void {
  const { _protocol: protocol } = connection as unknown as { _protocol: ServerProtocol };
  const packet = protocol._cipher.allocPacket(64);
  // Behind the length of the packet and that of its padding (RFC 4253, 6).
  packet.fill(0xff, 5, 5 + 64);
  protocol._cipher.encrypt(packet);
}

/** What of ssh2's inside (1.17.0) writes a packet. */
interface ServerProtocol {
  readonly _packetRW: {
    readonly write: {
      readonly allocStart: number;
      alloc(length: number): Buffer;
      finalize(packet: Buffer): Buffer;
    };
  };
  readonly _cipher: { allocPacket(payload: number): Buffer; encrypt(packet: Buffer): void };
}

/** Asks one question of a keyboard-interactive exchange. */
export function ask(context: KeyboardAuthContext, prompt: string, echo = false): Promise<string> {
  return new Promise((resolve) =>
    context.prompt([{ prompt, echo }], 'title', 'instruction', (answers: unknown) => {
      resolve(Array.isArray(answers) ? String(answers[0]) : '');
    }),
  );
}

export interface DialOptions {
  readonly port: number;
  readonly person: Person;
  readonly steps?: readonly AuthStep[];
  readonly ring?: KeyRing;
  readonly secrets?: AttemptSecrets;
  readonly memory?: AttemptMemory;
  readonly knownHosts: readonly string[];
  readonly worker?: URL;
  readonly agentSocket?: string | null;
  readonly signal?: AbortSignal;
  readonly phases?: string[];
  readonly log?: string[];
  readonly plan?: Partial<ConnectionDependencies['plan']>;
  readonly firstChannel?: NonNullable<ConnectionDependencies['firstChannel']>;
}

/** One connection by the real code, with everything it needs. */
export function dial(options: DialOptions): Promise<SshSession> {
  const { steps = [], ring = new KeyRing(), phases = [], log = [] } = options;
  return openSession(
    {
      plan: { ...PLAN, host: '127.0.0.1', port: options.port, steps, ...options.plan },
      hostKeys: new HostKeys(options.knownHosts, `${options.knownHosts[0] ?? '/nowhere'}.own`),
      person: options.person,
      secrets: options.secrets ?? new AttemptSecrets(ring),
      proxySecrets: new AttemptSecrets(ring),
      via: null,
      firstChannel: options.firstChannel ?? (() => null),
      memory: options.memory ?? new AttemptMemory(),
      opener: new KeyOpener(options.worker ?? new URL('file:///no-worker')),
      agentSocket: options.agentSocket ?? null,
      acceptedFingerprint: null,
      log: (_level, text) => log.push(text),
      onPhase: (phase) => phases.push(phase),
    },
    options.signal ?? new AbortController().signal,
  );
}
