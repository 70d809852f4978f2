import { homedir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import type { Account, AccountDraft, DraftProblem, Route } from '../shared/account';
import {
  CONNECTION_RANGES,
  FORWARD_PROTOCOLS,
  FORWARD_TLS,
  MOST_JUMPS,
  TUNNEL_MODES,
} from '../shared/account';
import type { Result } from '../shared/result';
import { fail, ok } from '../shared/result';
import type { Complaint } from './account-rules';
import {
  collide,
  complaintAboutFilePath,
  complaintAboutHost,
  complaintAboutKeyPath,
  complaintAboutLocalAddress,
  complaintAboutName,
  complaintAboutUser,
  FORWARD_LIMIT,
  NAME_LIMIT,
  normaliseHost,
} from './account-rules';

type Params = DraftProblem['params'];

/** A string that a rule judges. The rule's complaint, a catalogue key, is the issue's message. */
function judged(
  normalise: (typed: string) => string,
  rule: (value: string) => Complaint,
  params: Params = {},
): z.ZodType<string> {
  return z
    .string()
    .transform(normalise)
    .superRefine((value, context) => {
      const message = rule(value);
      if (message !== null) context.addIssue({ code: 'custom', message, params });
    });
}

const trimmed = (typed: string): string => typed.trim();
const host = judged(normaliseHost, complaintAboutHost);
const port = z
  .number({ error: 'form:port-range' })
  .int({ error: 'form:port-range' })
  .min(1, { error: 'form:port-range' })
  .max(65_535, { error: 'form:port-range' });

const fromHome = (typed: string): string =>
  typed.trim().replace(/^~(?=[\\/])/u, () => join(homedir()));
const keyPath = judged(fromHome, complaintAboutKeyPath);

/** A whole number from one end to the other. What is no number arrives as NaN, and is told the same. */
function within([from, to]: readonly [number, number]): z.ZodType<number> {
  const params = { from, to };
  const typed = z.union([z.number(), z.nan()], { error: 'form:invalid' });
  return typed.superRefine((value, context) => {
    if (Number.isInteger(value) && value >= from && value <= to) return;
    context.addIssue({ code: 'custom', message: 'form:number-range', params });
  });
}

const connection = z.strictObject({
  keepaliveSeconds: within(CONNECTION_RANGES.keepaliveSeconds),
  keepaliveCount: within(CONNECTION_RANGES.keepaliveCount),
  connectTimeoutSeconds: within(CONNECTION_RANGES.connectTimeoutSeconds),
  knownHostsFile: judged(fromHome, complaintAboutFilePath).nullable(),
  idleSeconds: within(CONNECTION_RANGES.idleSeconds),
});

const signIn = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('automatic') }),
  z.strictObject({ kind: z.literal('key-file'), path: keyPath }),
  z.strictObject({
    kind: z.literal('agent'),
    socket: keyPath.nullable(),
    key: z
      .string()
      .regex(/^SHA256:[A-Za-z0-9+/]{43}$/u, { error: 'form:agent-key-invalid' })
      .nullable(),
  }),
  z.strictObject({ kind: z.literal('password') }),
]);

const forward = z.strictObject({
  id: z.string().min(1).max(100),
  protocol: z.enum(FORWARD_PROTOCOLS),
  localAddress: judged((typed) => typed.trim().toLowerCase(), complaintAboutLocalAddress),
  localPort: port,
  mailHost: host,
  mailPort: port,
  tls: z.enum(FORWARD_TLS),
});

/** A chain of jumps ends in a direct line or a proxy, and is never longer than it may be. */
function routeOf(jumps: number): z.ZodType<Route> {
  const user = judged(trimmed, complaintAboutUser);
  const near = [
    z.strictObject({ kind: z.literal('direct') }),
    z.strictObject({ kind: z.enum(['socks5', 'http']), host, port, user: user.nullable() }),
  ] as const;
  if (jumps === 0) return z.discriminatedUnion('kind', [...near]);
  const route = routeOf(jumps - 1);
  const jump = z.strictObject({ kind: z.literal('jump'), host, port, user, signIn, route });
  return z.discriminatedUnion('kind', [...near, jump]);
}

const forwards = z
  .array(forward)
  .min(1, { error: 'form:forward-none' })
  .max(FORWARD_LIMIT, { error: 'form:forward-too-many' })
  .superRefine((list, context) => {
    list.forEach((one, index) => {
      const earlier = list.slice(0, index);
      if (earlier.some((other) => collide(one, other))) {
        const path = [index, 'localPort'];
        context.addIssue({ code: 'custom', path, message: 'form:local-port-twice' });
      }
      if (earlier.some((other) => other.id === one.id)) {
        context.addIssue({ code: 'custom', path: [index, 'id'], message: 'form:invalid' });
      }
    });
  });

const draftFields = () => ({
  name: judged(trimmed, complaintAboutName, { limit: NAME_LIMIT }),
  sshHost: host,
  sshPort: port,
  sshUser: judged(trimmed, complaintAboutUser),
  signIn,
  route: routeOf(MOST_JUMPS),
  oldServer: z.boolean(),
  connection,
  forwards,
  mode: z.enum(TUNNEL_MODES),
  compression: z.boolean(),
  sessionChannel: z.boolean(),
  practice: z.boolean(),
});

const draftSchema: z.ZodType<AccountDraft> = z.lazy(() => z.strictObject(draftFields()));
const accountSchema: z.ZodType<Account> = z.lazy(() =>
  z.strictObject({
    ...draftFields(),
    id: z.string().min(1).max(100),
    wanted: z.boolean(),
  }),
);

/** Is this message one of the catalogue's keys, or zod's own English? */
function keyOf(issue: z.core.$ZodIssue): string {
  return issue.message.startsWith('form:') ? issue.message : 'form:invalid';
}

/** Turns unknown JSON into an account, or says line by line what is wrong with it, for a log. */
export function parseAccount(raw: unknown): Result<Account, readonly string[]> {
  const parsed = accountSchema.safeParse(raw);
  if (parsed.success) return ok(parsed.data);
  return fail(parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`));
}

/** Names mailboxes are told apart by; upper and lower case are not. */
export function sameName(one: string, other: string): boolean {
  return one.localeCompare(other, undefined, { sensitivity: 'accent' }) === 0;
}

/** What a draft may not share with the mailboxes there are: its name, and a local port at the same address. */
function clashes(draft: AccountDraft, others: readonly Account[]): readonly DraftProblem[] {
  const problems: DraftProblem[] = [];
  if (others.some((other) => sameName(other.name, draft.name))) {
    problems.push({ field: 'name', messageKey: 'form:name-taken', params: { name: draft.name } });
  }
  draft.forwards.forEach((one, index) => {
    const owner = others.find((other) => other.forwards.some((theirs) => collide(one, theirs)));
    if (owner === undefined) return;
    const params = { port: one.localPort, name: owner.name };
    const field = `forwards.${index}.localPort`;
    problems.push({ field, messageKey: 'form:local-port-taken', params });
  });
  return problems;
}

/**
 * Judges what a person filled in. `others` are the mailboxes it must get along with, without the one it replaces.
 * Names may not repeat, since the tray and the command line tell mailboxes apart by name. The draft comes back tidied: trimmed,
 * host names in ASCII, `~` in a key's path written out.
 */
export function parseDraft(
  raw: unknown,
  others: readonly Account[],
): Result<AccountDraft, readonly DraftProblem[]> {
  const parsed = draftSchema.safeParse(raw);
  if (!parsed.success) {
    return fail(
      parsed.error.issues.map((issue) => ({
        field: issue.path.join('.'),
        messageKey: keyOf(issue),
        params: issue.code === 'custom' ? ((issue.params ?? {}) as Params) : {},
      })),
    );
  }
  const problems = clashes(parsed.data, others);
  return problems.length === 0 ? ok(parsed.data) : fail(problems);
}
