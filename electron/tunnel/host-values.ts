import { z } from 'zod';
import {
  FORWARD_PROTOCOLS,
  FORWARD_TLS,
  TUNNEL_MODES,
  type Account,
  type ConnectionSettings,
  type Route,
} from '../shared/account';
import type { SessionFacts, Traffic } from '../shared/app-snapshot';
import { KEEP_UNLOCKED, type PromptAnswer, type PromptRequest } from '../shared/prompt';
import {
  INSTALLED_HOW,
  INSTALLED_OVER,
  type KeyInstalled,
  type KeyMade,
  type KeysTaken,
  type VouchedServer,
} from '../shared/server-key';
import type { TunnelState } from '../shared/tunnel-state';
import { errorSchema, phase, port } from './host-errors';
import type { EngineSettings } from './ports';

/** Parsers of the values that cross between the main process and the tunnel host; each is kept in step with its type by the annotation. */

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

const connectionSchema: z.ZodType<ConnectionSettings> = z.object({
  keepaliveSeconds: z.number(),
  keepaliveCount: z.number(),
  connectTimeoutSeconds: z.number(),
  knownHostsFile: z.string().nullable(),
  idleSeconds: z.number(),
});

export const accountSchema: z.ZodType<Account> = z.lazy(() =>
  z.object({
    id: z.string(),
    name: z.string(),
    sshHost: z.string(),
    sshPort: port,
    sshUser: z.string(),
    signIn: signInSchema,
    route: routeSchema,
    oldServer: z.boolean(),
    connection: connectionSchema,
    forwards: z.array(forwardSchema),
    mode: z.enum(TUNNEL_MODES),
    compression: z.boolean(),
    sessionChannel: z.boolean(),
    wanted: z.boolean(),
    practice: z.boolean(),
  }),
);

const wait = z.number().exactOptional();

export const settingsSchema: z.ZodType<EngineSettings> = z.lazy(() =>
  z.object({
    knownHostsFiles: z.array(z.string()),
    ownKnownHostsFile: z.string(),
    defaultKeyFiles: z.array(z.string()),
    agentSocket: z.string().nullable(),
    askAlways: z.boolean().exactOptional(),
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
        files: wait,
        askAgain: wait,
      })
      .exactOptional(),
  }),
);

export const answerSchema: z.ZodType<PromptAnswer> = z.lazy(() =>
  z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('trust') }),
    z.object({
      kind: z.literal('secret'),
      secret: z.string(),
      keep: z.enum(KEEP_UNLOCKED).exactOptional(),
    }),
    z.object({ kind: z.literal('answers'), answers: z.array(z.string()) }),
    z.object({ kind: z.literal('cancel') }),
    z.object({ kind: z.literal('nobody') }),
  ]),
);

export const trafficSchema: z.ZodType<Traffic> = z.lazy(() =>
  z.object({
    openConnections: z.number(),
    totalConnections: z.number(),
    bytesDown: z.number(),
    bytesUp: z.number(),
    beforeCompression: z.number(),
    afterCompression: z.number(),
  }),
);

export const factsSchema: z.ZodType<SessionFacts> = z.lazy(() =>
  z.object({
    serverVersion: z.string(),
    cipher: z.string(),
    keyExchange: z.string(),
    hostKeyAlgorithm: z.string(),
    hostKeyFingerprint: z.string(),
    signedInBy: z.string(),
    strictKeyExchange: z.boolean(),
    compressed: z.boolean(),
  }),
);

const s = z.string();

export const keyMadeSchema: z.ZodType<KeyMade> = z.object({
  path: s,
  publicKey: s,
  fingerprint: s,
});

export const vouchedServerSchema: z.ZodType<VouchedServer> = z.object({
  host: s,
  port,
  keys: z.array(s),
});

export const keysTakenSchema: z.ZodType<KeysTaken> = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('taken') }),
  z.object({ kind: z.literal('conflict'), host: s, port, fingerprint: s }),
]);

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

export const stateSchema: z.ZodType<TunnelState> = z.lazy(() =>
  z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('off') }),
    z.object({ kind: z.literal('ready'), since: n, last: greeting.nullable() }),
    z.object({ kind: z.literal('connecting'), attempt: n, phase, tries: n }),
    z.object({ kind: z.literal('waiting-for-user'), attempt: n, phase, prompt: s, tries: n }),
    z.object({ kind: z.literal('connected'), attempt: n, since: n, proof }),
    z.object({ kind: z.literal('retrying'), tries: n, retryAt: n, cause: errorSchema }),
    z.object({ kind: z.literal('offline'), tries: n }),
    z.object({ kind: z.literal('needs-attention'), error: errorSchema }),
    z.object({ kind: z.literal('disconnecting'), attempt: n }),
  ]),
);

export const requestSchema: z.ZodType<PromptRequest> = z.lazy(() =>
  z.discriminatedUnion('kind', [
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
  ]),
);
