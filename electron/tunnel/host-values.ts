import { z } from 'zod';
import {
  FORWARD_PROTOCOLS,
  FORWARD_TLS,
  TUNNEL_MODES,
  type Account,
  type Route,
} from '../shared/account';
import type { SessionFacts, Traffic } from '../shared/app-snapshot';
import type { PromptAnswer, PromptRequest } from '../shared/prompt';
import {
  INSTALLED_HOW,
  INSTALLED_OVER,
  type KeyInstalled,
  type KeyMade,
} from '../shared/server-key';
import type { TunnelError } from '../shared/tunnel-error';
import type { TunnelState } from '../shared/tunnel-state';
import type { EngineSettings } from './ports';

/** Parsers of the values that cross between the main process and the tunnel host; each is kept in step with its type by the annotation. */

const port = z.number().int().min(1).max(65_535);
export const startedBy = z.enum(['person', 'background']);

const forwardSchema = z.object({
  id: z.string(),
  protocol: z.enum(FORWARD_PROTOCOLS),
  localAddress: z.string(),
  localPort: port,
  mailHost: z.string(),
  mailPort: port,
  tls: z.enum(FORWARD_TLS),
});

const signInSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('automatic') }),
  z.object({ kind: z.literal('key-file'), path: z.string() }),
  z.object({ kind: z.literal('agent'), socket: z.string().nullable(), key: z.string().nullable() }),
  z.object({ kind: z.literal('password') }),
]);

const routeSchema: z.ZodType<Route> = z.lazy(() =>
  z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('direct') }),
    z.object({
      kind: z.enum(['socks5', 'http']),
      host: z.string(),
      port,
      user: z.string().nullable(),
    }),
    z.object({
      kind: z.literal('jump'),
      host: z.string(),
      port,
      user: z.string(),
      signIn: signInSchema,
      route: routeSchema,
    }),
  ]),
);

export const accountSchema: z.ZodType<Account> = z.object({
  id: z.string(),
  name: z.string(),
  sshHost: z.string(),
  sshPort: port,
  sshUser: z.string(),
  signIn: signInSchema,
  route: routeSchema,
  oldServer: z.boolean(),
  forwards: z.array(forwardSchema),
  mode: z.enum(TUNNEL_MODES),
  compression: z.boolean(),
  wanted: z.boolean(),
  practice: z.boolean(),
});

const wait = z.number().exactOptional();

export const settingsSchema: z.ZodType<EngineSettings> = z.object({
  knownHostsFiles: z.array(z.string()),
  ownKnownHostsFile: z.string(),
  defaultKeyFiles: z.array(z.string()),
  agentSocket: z.string().nullable(),
  extraCaFile: z.string().exactOptional(),
  waits: z
    .object({
      reach: wait,
      verify: wait,
      signIn: wait,
      keepalive: wait,
      probe: wait,
      hold: wait,
      idle: wait,
      open: wait,
      greet: wait,
      askAgain: wait,
    })
    .exactOptional(),
});

export const answerSchema: z.ZodType<PromptAnswer> = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('trust') }),
  z.object({ kind: z.literal('secret'), secret: z.string() }),
  z.object({ kind: z.literal('answers'), answers: z.array(z.string()) }),
  z.object({ kind: z.literal('cancel') }),
]);

export const trafficSchema: z.ZodType<Traffic> = z.object({
  openConnections: z.number(),
  totalConnections: z.number(),
  bytesDown: z.number(),
  bytesUp: z.number(),
  beforeCompression: z.number(),
  afterCompression: z.number(),
});

export const factsSchema: z.ZodType<SessionFacts> = z.object({
  serverVersion: z.string(),
  cipher: z.string(),
  keyExchange: z.string(),
  hostKeyAlgorithm: z.string(),
  hostKeyFingerprint: z.string(),
  signedInBy: z.string(),
  strictKeyExchange: z.boolean(),
  compressed: z.boolean(),
});

const phase = z.enum([
  'reserving-port',
  'reaching-server',
  'verifying-host',
  'signing-in',
  'greeting',
]);
const method = z.enum(['agent', 'key', 'keyboard-interactive', 'password']);
const needed = z.enum(['host-key', 'passphrase', 'password', 'code']);
const keyTrouble = z.enum([
  'missing',
  'unreadable',
  'not-a-key',
  'public-key',
  'wrong-passphrase',
  'damaged',
  'hardware-key',
  'dsa',
  'certificate',
  'unsupported',
]);
const proxyReason = z.enum([
  'forbidden',
  'sign-in-needed',
  'sign-in-refused',
  'not-a-proxy',
  'no-forwarding',
  'other',
]);
const notMade = z.enum(['exists', 'not-written']);
const notInstalled = z.enum(['no-files', 'no-shell', 'not-allowed', 'not-proven']);
const s = z.string();

/** One row a kind of `TunnelError`; the type annotation keeps it in step with the union. */
export const errorSchema: z.ZodType<TunnelError> = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('port-in-use'),
    address: s,
    port,
    holder: s.nullable(),
    nextFree: port.nullable(),
  }),
  z.object({ kind: z.literal('port-forbidden'), address: s, port }),
  z.object({ kind: z.literal('address-unavailable'), address: s, port }),
  z.object({ kind: z.literal('host-not-found'), host: s, detail: s }),
  z.object({ kind: z.literal('connection-refused'), host: s, port, detail: s }),
  z.object({ kind: z.literal('unreachable'), host: s, port, detail: s }),
  z.object({ kind: z.literal('timed-out'), host: s, phase, detail: s }),
  z.object({ kind: z.literal('proxy-failed'), host: s, port, reason: proxyReason, detail: s }),
  z.object({ kind: z.literal('not-ssh'), host: s, port, detail: s }),
  z.object({
    kind: z.literal('no-common-algorithm'),
    host: s,
    what: s,
    oldServer: z.boolean(),
    detail: s,
  }),
  z.object({
    kind: z.literal('host-key-changed'),
    host: s,
    port,
    algorithm: s,
    knownFingerprint: s,
    presentedFingerprint: s,
    knownAt: s,
  }),
  z.object({ kind: z.literal('host-key-revoked'), host: s, fingerprint: s, knownAt: s }),
  z.object({ kind: z.literal('host-key-refused'), host: s, fingerprint: s }),
  z.object({
    kind: z.literal('sign-in-refused'),
    user: s,
    host: s,
    tried: z.array(method),
    serverSays: s,
    detail: s,
  }),
  z.object({
    kind: z.literal('no-way-to-sign-in'),
    user: s,
    host: s,
    offered: z.array(s),
    detail: s,
  }),
  z.object({ kind: z.literal('key-unusable'), path: s, why: keyTrouble, detail: s }),
  z.object({ kind: z.literal('key-not-made'), path: s, why: notMade, detail: s }),
  z.object({ kind: z.literal('key-not-installed'), host: s, why: notInstalled, detail: s }),
  z.object({
    kind: z.literal('agent-unavailable'),
    why: z.enum(['gone', 'key-missing', 'key-unusable']),
    detail: s,
  }),
  z.object({ kind: z.literal('answer-needed'), what: needed, host: s }),
  z.object({ kind: z.literal('cancelled-by-person'), what: needed }),
  z.object({ kind: z.literal('connection-lost'), host: s, detail: s }),
  z.object({
    kind: z.literal('forward-refused'),
    mailHost: s,
    mailPort: port,
    reason: z.enum(['prohibited', 'refused', 'not-found', 'other']),
    detail: s,
  }),
  z.object({ kind: z.literal('no-greeting'), mailHost: s, mailPort: port, detail: s }),
  z.object({ kind: z.literal('wrong-greeting'), mailHost: s, mailPort: port, expected: s, got: s }),
  z.object({
    kind: z.literal('certificate-refused'),
    mailHost: s,
    mailPort: port,
    reason: z.enum(['wrong-name', 'expired', 'not-yet-valid', 'unknown-issuer', 'other']),
    detail: s,
  }),
  z.object({
    kind: z.literal('tls-failed'),
    mailHost: s,
    mailPort: port,
    reason: z.enum(['tls-there', 'plain-there', 'no-starttls', 'tampered', 'no-agreement']),
    detail: s,
  }),
  z.object({ kind: z.literal('engine-stopped'), detail: s }),
  z.object({ kind: z.literal('unexpected'), detail: s }),
]);

export const keyMadeSchema: z.ZodType<KeyMade> = z.object({
  path: s,
  publicKey: s,
  fingerprint: s,
});

export const keyInstalledSchema: z.ZodType<KeyInstalled> = z.object({
  how: z.enum(INSTALLED_HOW),
  over: z.enum(INSTALLED_OVER),
  greeting: s,
});

const greeting = z.object({ forwardId: s, text: s, at: z.number() });
const proof = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('asking') }),
  z.object({ kind: z.literal('greeted'), greeting }),
  z.object({ kind: z.literal('failed'), error: errorSchema }),
]);
const n = z.number();

export const stateSchema: z.ZodType<TunnelState> = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('off') }),
  z.object({ kind: z.literal('ready'), since: n, last: greeting.nullable() }),
  z.object({ kind: z.literal('connecting'), attempt: n, phase, tries: n }),
  z.object({ kind: z.literal('waiting-for-user'), attempt: n, phase, prompt: s, tries: n }),
  z.object({ kind: z.literal('connected'), attempt: n, since: n, proof }),
  z.object({ kind: z.literal('retrying'), tries: n, retryAt: n, cause: errorSchema }),
  z.object({ kind: z.literal('offline'), tries: n }),
  z.object({ kind: z.literal('needs-attention'), error: errorSchema }),
  z.object({ kind: z.literal('disconnecting'), attempt: n }),
]);

export const requestSchema: z.ZodType<PromptRequest> = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('host-key'),
    host: s,
    port,
    algorithm: s,
    fingerprint: s,
    otherKeyKnown: z.boolean(),
    authorityKnown: z.boolean(),
  }),
  z.object({ kind: z.literal('passphrase'), keyPath: s, wrongBefore: z.boolean(), triesLeft: n }),
  z.object({ kind: z.literal('password'), user: s, host: s, wrongBefore: z.boolean() }),
  z.object({
    kind: z.literal('code'),
    user: s,
    host: s,
    title: s,
    instruction: s,
    questions: z.array(z.object({ text: s, echo: z.boolean() })),
  }),
]);
