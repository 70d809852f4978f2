import { z } from 'zod';
import type { Route } from './account';
import { FORWARD_PROTOCOLS, FORWARD_TLS, MOST_JUMPS, TUNNEL_MODES } from './account';
import { LARGEST_IMPORT } from './imported';
import type { IpcArgs, IpcFailure, IpcName } from './ipc-contract';
import { LANGUAGES, LOG_LEVELS, NOTIFICATIONS, THEMES, type Preferences } from './preferences';
import { KEEP_UNLOCKED } from './prompt';
import type { Result } from './result';
import { fail, ok } from './result';

/** Longest text a window may send where a person types a name, a host or a secret. */
const SHORT = 4096;
/** Longest text that may be put on the clipboard, or kept of a form. */
const LONG = 65_536;
/** More than any list a person can fill in. */
const MANY = 256;

const id = z.string().min(1).max(100);
const text = z.string().max(SHORT);
/** An empty number field arrives as NaN; the draft's own rules then say in words what belongs there. */
const typedNumber = z.number().or(z.nan());
const port = z.number().int().min(1).max(65_535);

const signIn = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('automatic') }),
  z.strictObject({ kind: z.literal('key-file'), path: text }),
  z.strictObject({
    kind: z.literal('agent'),
    socket: text.nullable(),
    key: text.nullable(),
  }),
  z.strictObject({ kind: z.literal('password') }),
]);

const forward = z.strictObject({
  id,
  protocol: z.enum(FORWARD_PROTOCOLS),
  localAddress: text,
  localPort: typedNumber,
  mailHost: text,
  mailPort: typedNumber,
  tls: z.enum(FORWARD_TLS),
});

const connection = z.strictObject({
  keepaliveSeconds: typedNumber,
  keepaliveCount: typedNumber,
  connectTimeoutSeconds: typedNumber,
  knownHostsFile: text.nullable(),
  idleSeconds: typedNumber,
});

/** Nested, but never deeper than a chain of jumps may be. */
function route(jumps: number): z.ZodType<Route> {
  const near = [
    z.strictObject({ kind: z.literal('direct') }),
    z.strictObject({
      kind: z.enum(['socks5', 'http']),
      host: text,
      port: typedNumber,
      user: text.nullable(),
    }),
  ] as const;
  if (jumps === 0) return z.discriminatedUnion('kind', [...near]);
  const jump = z.strictObject({
    kind: z.literal('jump'),
    host: text,
    port: typedNumber,
    user: text,
    signIn,
    route: route(jumps - 1),
  });
  return z.discriminatedUnion('kind', [...near, jump]);
}

/** What every draft says. */
const described = () => ({
  name: text,
  sshHost: text,
  sshPort: typedNumber,
  sshUser: text,
  signIn,
  route: route(MOST_JUMPS),
  oldServer: z.boolean(),
  connection,
  mode: z.enum(TUNNEL_MODES),
  compression: z.boolean(),
  sessionChannel: z.boolean(),
});

/** A draft that was imported: ports may be left to Mailmole, and what makes it a mailbox of one's own comes later. */
const imported = z.lazy(() =>
  z.strictObject({
    ...described(),
    forwards: z
      .array(forward.omit({ id: true }).extend({ localPort: typedNumber.nullable() }))
      .max(MANY),
    hostKeys: z.array(z.strictObject({ type: text, key: text, fingerprint: text })).max(MANY),
    hint: text,
  }),
);

/** The shape of a draft only; `parseDraft` judges what stands in it, field by field, in words for a person. */
const draft = z.lazy(() =>
  z.strictObject({
    ...described(),
    forwards: z.array(forward).max(MANY),
    practice: z.boolean(),
  }),
);

const answer = z.lazy(() =>
  z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('trust') }),
    z.strictObject({
      kind: z.literal('secret'),
      secret: text,
      keep: z.enum(KEEP_UNLOCKED).exactOptional(),
    }),
    z.strictObject({ kind: z.literal('answers'), answers: z.array(text).max(MANY) }),
    z.strictObject({ kind: z.literal('cancel') }),
  ]),
);

/** Every preference by itself. */
export const PREFERENCE_FIELDS = {
  startAtLogin: z.boolean(),
  defaultMode: z.enum(TUNNEL_MODES),
  keepUnlocked: z.enum(KEEP_UNLOCKED),
  lockWithScreen: z.boolean(),
  language: z.enum(['system', ...LANGUAGES]),
  theme: z.enum(THEMES),
  notifications: z.enum(NOTIFICATIONS),
  logLevel: z.enum(LOG_LEVELS),
} satisfies { readonly [K in keyof Preferences]: z.ZodType<Preferences[K]> };

/** One parser for the arguments of each verb, made when they come. */
const PARSERS: { readonly [N in IpcName]: () => z.ZodType<IpcArgs<N>> } = {
  getSnapshot: () => z.tuple([]),
  saveAccount: () => z.tuple([id.nullable(), draft]),
  removeAccount: () => z.tuple([id]),
  duplicateAccount: () => z.tuple([id]),
  undoRemove: () => z.tuple([]),
  setWanted: () => z.tuple([id, z.boolean()]),
  setAllWanted: () => z.tuple([z.boolean()]),
  tryNow: () => z.tuple([id]),
  acceptChangedKey: () => z.tuple([id, z.string().min(1).max(200)]),
  answerPrompt: () => z.tuple([id, answer]),
  addPractice: () => z.tuple([]),
  suggestForward: () => z.tuple([z.enum(FORWARD_PROTOCOLS), text, id.nullable()]),
  changePort: () => z.tuple([id, port, port]),
  chooseKeyFile: () => z.tuple([]),
  copySettings: () => z.tuple([id]),
  getProgramCards: () => z.tuple([id]),
  copyText: () => z.tuple([z.string().max(LONG)]),
  lock: () => z.tuple([]),
  dismissNotice: () => z.tuple([id]),
  getDrafts: () => z.tuple([]),
  keepDraft: () => z.tuple([id, z.string().max(LONG).nullable()]),
  judgeDraft: () => z.tuple([id.nullable(), draft]),
  makeKey: () => z.tuple([text.min(1).nullable(), text]),
  installKey: () => z.tuple([id.nullable(), draft, text]),
  cancelInstall: () => z.tuple([]),
  readImport: () => z.tuple([z.string().max(LARGEST_IMPORT)]),
  readSetup: () => z.tuple([z.string().max(LARGEST_IMPORT)]),
  addImported: () => z.tuple([z.array(imported).min(1).max(MANY)]),
  openImport: () => z.tuple([]),
  exportAll: () => z.tuple([]),
  exportSetup: () => z.tuple([id]),
  closeOpened: () => z.tuple([id]),
  composeMail: () => z.tuple([text, text]),
  takePlace: () => z.tuple([]),
  setPreferences: () => z.tuple([z.strictObject(PREFERENCE_FIELDS)]),
  copyReport: () => z.tuple([z.boolean()]),
};

/**
 * Parses what a window sent for a verb. A failure names the place and the rule, never the value: an answer to a
 * question may be among the arguments.
 */
export function parseArgs<N extends IpcName>(
  name: N,
  args: readonly unknown[],
): Result<IpcArgs<N>, IpcFailure> {
  const parser = PARSERS[name]();
  const parsed = parser.safeParse(args, { reportInput: false });
  if (parsed.success) return ok(parsed.data);
  const where = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.code}`);
  return fail({ kind: 'bad-request', problem: `${name}(${where.join(', ')})` });
}
