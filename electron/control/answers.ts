import { fail, ok } from '../shared/result';
import { FAILURES } from './agreed';
import type { Answer, ControlFailure, Hello, Reply, Verb } from './protocol';

/**
 * What the command reads of what the program says, judged by hand: loading the schemas of protocol.ts would take a third
 * of the time a verb may take. The program is of the same user and says which protocol it speaks, so this is about a
 * clear word in place of a crash, not about trust; only what the command itself uses is looked at.
 */
type Check = (value: unknown) => boolean;

const text: Check = (value) => typeof value === 'string';
const flag: Check = (value) => typeof value === 'boolean';
const number: Check = (value) => typeof value === 'number';
const whole: Check = (value) => Number.isSafeInteger(value);
const nothing: Check = (value) => value === null;
const listOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);
const orNull =
  (check: Check): Check =>
  (value) =>
    value === null || check(value);
const shape =
  (fields: Readonly<Record<string, Check>>): Check =>
  (value) =>
    isRecord(value) && Object.entries(fields).every(([name, check]) => check(value[name]));

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

const forward = shape({
  ...{ protocol: text, localAddress: text, localPort: number, mailHost: text, mailPort: number },
});
const made = shape({ id: text, name: text });
const greeted = shape({ name: text, greeting: text });

const REPLIES: Readonly<Record<Verb, Check>> = {
  list: shape({
    mailboxes: listOf(shape({ name: text, on: flag, mode: text, forwards: listOf(forward) })),
  }),
  status: shape({
    mailboxes: listOf(
      shape({
        ...{ name: text, text, needsPerson: flag },
        error: orNull(shape({ title: text, body: text })),
      }),
    ),
  }),
  up: nothing,
  down: nothing,
  wait: greeted,
  check: greeted,
  settings: shape({ text }),
  add: shape({ mailboxes: listOf(made) }),
  import: shape({ mailboxes: listOf(made), notes: listOf(text) }),
  export: shape({ text }),
  edit: made,
  remove: made,
  lock: nothing,
  network: nothing,
  trust: nothing,
  // What is asked comes before a person, and is judged by its schema then; see attended.ts.
  question: shape({ question: orNull(isRecord) }),
  answer: nothing,
  settle: nothing,
};

const hello = shape({
  ...{ mailmole: whole, version: text },
  // It becomes part of a file's name.
  challenge: (value) => typeof value === 'string' && /^[0-9a-f]{32}$/u.test(value),
});

/** The program's first line; null when it is none. */
export function readHello(document: unknown): Hello | null {
  return hello(document) ? (document as Hello) : null;
}

const said = shape({ id: orNull(whole), ok: flag });
const failure = shape({
  kind: (value) => (FAILURES as readonly unknown[]).includes(value),
  text,
});

/** An answer's number: null when it is meant for whatever was asked, or is no answer at all. */
export function numberOf(document: unknown): number | null {
  return said(document) ? (document as { readonly id: number | null }).id : null;
}

/** The answer to a verb; null when it is none. */
export function readAnswer<V extends Verb>(verb: V, document: unknown): Answer<V> | null {
  if (!said(document)) return null;
  const answer = document as {
    readonly ok: boolean;
    readonly value?: unknown;
    readonly error?: unknown;
  };
  if (!answer.ok) return failure(answer.error) ? fail(answer.error as ControlFailure) : null;
  return REPLIES[verb](answer.value) ? ok(answer.value as Reply<V>) : null;
}
