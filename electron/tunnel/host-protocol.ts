import { errorSchema } from './host-errors';
import { z } from 'zod';
import {
  accountSchema,
  answerSchema,
  factsSchema,
  keyInstalledSchema,
  keyMadeSchema,
  keysTakenSchema,
  requestSchema,
  settingsSchema,
  startedBy,
  stateSchema,
  trafficSchema,
  vouchedServerSchema,
} from './host-values';

/**
 * The messages between the main process and the tunnel host, parsed where they arrive. Both ends ship together, so a
 * message that does not parse is a bug and is said so in the log, never guessed at.
 */

/** Main tells the tunnel host. */
export const commandSchema = z.lazy(() =>
  z.discriminatedUnion('type', [
    z.object({ type: z.literal('settings'), settings: settingsSchema }),
    z.object({
      type: z.literal('set-account'),
      account: accountSchema,
      by: startedBy,
      dial: z.boolean(),
    }),
    z.object({ type: z.literal('remove-account'), id: z.string() }),
    z.object({ type: z.literal('try-now'), id: z.string() }),
    z.object({ type: z.literal('check'), id: z.string(), by: startedBy }),
    z.object({ type: z.literal('accept-changed-key'), id: z.string(), fingerprint: z.string() }),
    z.object({ type: z.literal('answer'), id: z.string(), answer: answerSchema }),
    z.object({ type: z.literal('network'), online: z.boolean() }),
    z.object({ type: z.literal('power'), what: z.enum(['suspended', 'resumed']) }),
    z.object({
      type: z.literal('make-key'),
      request: z.string(),
      path: z.string(),
      passphrase: z.string().nullable(),
      comment: z.string(),
    }),
    z.object({
      type: z.literal('install-key'),
      request: z.string(),
      account: accountSchema,
      keyPath: z.string(),
    }),
    z.object({
      type: z.literal('take-keys'),
      request: z.string(),
      servers: z.array(vouchedServerSchema),
    }),
    z.object({ type: z.literal('cancel-request'), request: z.string() }),
    z.object({ type: z.literal('lock') }),
    z.object({ type: z.literal('shut-down') }),
  ]),
);
export type HostCommand = z.infer<typeof commandSchema>;

/** How a request ended. */
const resultOf = <T>(value: z.ZodType<T>) =>
  z.discriminatedUnion('ok', [
    z.object({ ok: z.literal(true), value }),
    z.object({ ok: z.literal(false), error: errorSchema }),
  ]);

/** The tunnel host tells main. */
export const eventSchema = z.lazy(() =>
  z.discriminatedUnion('type', [
    z.object({ type: z.literal('hello') }),
    z.object({
      type: z.literal('state'),
      id: z.string(),
      state: stateSchema,
      traffic: trafficSchema,
      session: factsSchema.nullable(),
    }),
    z.object({
      type: z.literal('prompt'),
      id: z.string(),
      accountId: z.string(),
      request: requestSchema,
    }),
    z.object({ type: z.literal('prompt-gone'), id: z.string() }),
    z.object({
      type: z.literal('log'),
      level: z.enum(['error', 'warn', 'info', 'debug']),
      text: z.string(),
    }),
    z.object({
      type: z.literal('key-made'),
      request: z.string(),
      result: resultOf(keyMadeSchema),
    }),
    z.object({
      type: z.literal('key-installed'),
      request: z.string(),
      result: resultOf(keyInstalledSchema),
    }),
    z.object({
      type: z.literal('keys-taken'),
      request: z.string(),
      result: resultOf(keysTakenSchema),
    }),
    z.object({ type: z.literal('stopped') }),
  ]),
);
export type HostEvent = z.infer<typeof eventSchema>;
