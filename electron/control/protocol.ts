import { z } from 'zod';
import { FORWARD_PROTOCOLS, FORWARD_TLS } from '../shared/account';
import { LARGEST_IMPORT } from '../shared/imported';
import type { Result } from '../shared/result';
import {
  answerSchema as promptAnswer,
  requestSchema as promptRequest,
} from '../tunnel/host-values';
import { LONGEST_WAIT_MS, PROTOCOL_VERSION, type FAILURES } from './agreed';
import { listDocument, statusDocument } from './documents';

/**
 * What is spoken over the control socket: one JSON document a line. The program greets with its version and a
 * challenge; the caller makes the file that proves whose it is (see control-folder.ts) and sends requests; each is
 * answered by a line with its id, when it is done. Hanging up cancels what still runs.
 */
/** Longest name, path or secret-free text that a request may hold. */
const text = z.string().max(4096);
const name = text.min(1);
const names = z.array(name).max(256);

/** May a person be asked, since one typed this? */
const ask = z.boolean();
const patience = z.object({ name, ask, timeoutMs: z.int().min(0).max(LONGEST_WAIT_MS) });

/** A mailbox as a person or a file describes it; what is left out is filled in, what is wrong is told field by field. */
const mailbox = z.record(z.string(), z.unknown());
const made = z.object({ id: z.string(), name: z.string() });

/** A question as it is handed to the command. */
export const openPrompt = z.object({
  id: name,
  accountId: name,
  accountName: text,
  request: promptRequest,
});

/** Forwards of which the rest is filled in. */
const forwards = z
  .array(
    z.object({
      protocol: z.enum(FORWARD_PROTOCOLS),
      localAddress: text,
      localPort: z.int().nullable(),
      mailHost: text.nullable(),
      mailPort: z.int(),
      tls: z.enum(FORWARD_TLS),
    }),
  )
  .max(256);

const nothing = z.null();
const greeted = z.object({ name: z.string(), greeting: z.string() });

/** Every verb: what it takes, what it gives. */
export const VERBS = {
  list: { params: z.object({ names }), reply: listDocument },
  status: { params: z.object({ names }), reply: statusDocument },
  /** No name means every mailbox. */
  up: { params: z.object({ names, ask }), reply: nothing },
  down: { params: z.object({ names }), reply: nothing },
  /** Answers when the mail server has greeted, as it does now. */
  wait: { params: patience, reply: greeted },
  /** As `wait`, but the first failure is the answer. */
  check: { params: patience, reply: greeted },
  settings: { params: z.object({ name, program: text }), reply: z.object({ text: z.string() }) },
  /** All of them, or none. */
  add: {
    params: z.object({ mailboxes: z.array(mailbox).min(1).max(256), on: z.boolean(), ask }),
    reply: z.object({ mailboxes: z.array(made) }),
  },
  /** Of a text that tells of mailboxes; `given` fills in what it leaves open. All of them, or none. */
  import: {
    params: z.object({
      ...{ text: z.string().max(LARGEST_IMPORT), file: text, on: z.boolean(), ask },
      given: z.object({ server: text.nullable(), user: text.nullable(), forwards }),
      /** Only say what would be made. */
      dryRun: z.boolean(),
    }),
    reply: z.object({ mailboxes: z.array(made), notes: z.array(z.string()) }),
  },
  /** The mailboxes as one text, for another computer; no name means all. It holds no secret. */
  export: { params: z.object({ names }), reply: z.object({ text: z.string() }) },
  edit: { params: z.object({ name, changes: mailbox, ask }), reply: made },
  remove: { params: z.object({ name }), reply: made },
  lock: { params: z.object({}), reply: nothing },
  /** The network came or went, as the system's own scripts know first. */
  network: { params: z.object({ online: z.boolean() }), reply: nothing },
  /** Takes exactly this key of a server that shows another one than before. */
  trust: { params: z.object({ name, fingerprint: name }), reply: nothing },
  /**
   * The next question about these mailboxes, for the caller to put to the person at its terminal; waits until there is
   * one. Null at once where windows ask. Who means to ask on sends this again before the answer.
   */
  question: {
    params: z.object({ names }),
    reply: z.object({ question: openPrompt.nullable() }),
  },
  answer: { params: z.object({ id: name, answer: promptAnswer }), reply: nothing },
  /** Answers when none of these mailboxes is on its way to anywhere, however that ended. */
  settle: { params: z.object({ names }), reply: nothing },
} as const;

export type Verb = keyof typeof VERBS;
export type Params<V extends Verb> = z.infer<(typeof VERBS)[V]['params']>;
export type Reply<V extends Verb> = z.infer<(typeof VERBS)[V]['reply']>;

export interface ControlFailure {
  readonly kind: (typeof FAILURES)[number];
  /** In words for a person; several lines where several things are wrong. */
  readonly text: string;
}

/** How a verb ended. */
export type Answer<V extends Verb> = Result<Reply<V>, ControlFailure>;

/** The program's first line. */
export interface Hello {
  /** Of the protocol. */
  readonly mailmole: number;
  /** Of the program, such as `0.1.0`. */
  readonly version: string;
  /** 32 hexadecimal digits. */
  readonly challenge: string;
}

const verbs = Object.keys(VERBS) as [Verb, ...Verb[]];

/** A request, but for its parameters, which the verb's own schema judges. */
export const requestSchema = z.object({
  mailmole: z.literal(PROTOCOL_VERSION),
  id: z.int(),
  verb: z.enum(verbs),
  params: z.unknown(),
});
