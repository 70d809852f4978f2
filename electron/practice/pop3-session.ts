import { assertNever } from '../shared/result';
import { topOf, type Maildrop, type StoredMessage } from './maildrop';
import type { ClientLine } from './pop3-lines';

/** The only user name the practice servers know, for POP3 and for SSH. */
export const PRACTICE_USER = 'mole';

/** The server's first line. */
export const GREETING = '+OK Mailmole practice server ready\r\n';

/** What goes to the client: the status line, for some commands a message or list after it, and whether to hang up. */
export interface Reply {
  readonly parts: readonly (string | Buffer)[];
  readonly hangUp: boolean;
}

type State =
  | { readonly kind: 'authorization'; readonly userNamed: boolean }
  | {
      readonly kind: 'transaction';
      readonly messages: readonly StoredMessage[];
      readonly deleted: Set<StoredMessage>;
    };
type Transaction = Extract<State, { kind: 'transaction' }>;
type Numbered = { readonly number: number; readonly message: StoredMessage };

const say = (status: '+OK' | '-ERR', text: string): Reply => ({
  parts: [`${status} ${text}\r\n`],
  hangUp: false,
});
const ok = (text: string): Reply => say('+OK', text);
const no = (text: string): Reply => say('-ERR', text);
const long = (text: string, ...body: (string | Buffer)[]): Reply => ({
  parts: [`+OK ${text}\r\n`, ...body, '.\r\n'],
  hangUp: false,
});

/** PIPELINING is true because lines are answered strictly in order, however many arrive at once. */
const CAPABILITIES = ['USER', 'TOP', 'UIDL', 'PIPELINING', 'RESP-CODES', 'AUTH-RESP-CODE'];
const COMMANDS_OF_A_SESSION = 'STAT LIST UIDL RETR TOP DELE RSET NOOP'.split(' ');

function readNumber(text: string | undefined): number | null {
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : null;
}

/** `1 message` or `2 messages`. */
function count(messages: number): string {
  return `${messages} ${messages === 1 ? 'message' : 'messages'}`;
}

/**
 * One client's conversation with the maildrop (RFC 1939, with CAPA and response codes of RFC 2449): one line in,
 * one reply out, no socket. The maildrop is not locked against a second session as RFC 1939 would have it, since
 * nothing can change under a session: each keeps the list it began with.
 */
export class Pop3Session {
  #state: State = { kind: 'authorization', userNamed: false };
  readonly #maildrop: Maildrop;

  constructor(maildrop: Maildrop) {
    this.#maildrop = maildrop;
  }

  /** Answers one line. After a reply with `hangUp` nothing more may be asked. */
  answer(line: ClientLine): Reply {
    if (line.kind === 'too-long') return no('That line is too long');
    const space = line.text.indexOf(' ');
    const command = (space === -1 ? line.text : line.text.slice(0, space)).toUpperCase();
    const argument = space === -1 ? '' : line.text.slice(space + 1);
    if (command === 'CAPA') {
      return long('This server can', CAPABILITIES.map((name) => `${name}\r\n`).join(''));
    }
    if (command === 'QUIT') return this.#quit();
    const state = this.#state;
    switch (state.kind) {
      case 'authorization':
        return this.#signIn(state.userNamed, command, argument);
      case 'transaction':
        return this.#serve(state, command, argument.split(' ').filter(Boolean));
      default:
        return assertNever(state);
    }
  }

  #quit(): Reply {
    // Only QUIT removes what was marked; a connection that breaks before it leaves everything in place.
    if (this.#state.kind === 'transaction') this.#maildrop.remove(this.#state.deleted);
    return { ...ok('Goodbye'), hangUp: true };
  }

  #signIn(userNamed: boolean, command: string, argument: string): Reply {
    if (command === 'USER') {
      const known = argument.trim() === PRACTICE_USER;
      this.#state = { kind: 'authorization', userNamed: known };
      if (known) return ok('Any password will do');
      return no(`[AUTH] The user name here is ${PRACTICE_USER}, with any password`);
    }
    if (command === 'PASS') {
      if (!userNamed) return no('Say USER first');
      // Any password, even an empty one: it protects five sample messages, and it is neither looked at nor kept.
      const messages = this.#maildrop.messages;
      this.#state = { kind: 'transaction', messages, deleted: new Set() };
      return ok(`Welcome, ${count(messages.length)} for you`);
    }
    if (COMMANDS_OF_A_SESSION.includes(command)) return no('Sign in first, with USER and PASS');
    return no('This server does not know that command');
  }

  #serve(state: Transaction, command: string, args: readonly string[]): Reply {
    const { messages, deleted } = state;
    switch (command) {
      case 'NOOP':
        return ok('Still here');
      case 'RSET':
        deleted.clear();
        return ok(`No message is marked, ${count(messages.length)} for you`);
      case 'STAT': {
        const there = messages.filter((message) => !deleted.has(message));
        return ok(`${there.length} ${there.reduce((sum, { size }) => sum + size, 0)}`);
      }
      case 'LIST':
        return this.#list(state, args, ({ size }) => String(size));
      case 'UIDL':
        return this.#list(state, args, ({ uid }) => uid);
      case 'RETR':
        return this.#withMessage(state, args, ({ message }) =>
          long(`${message.size} octets`, message.stuffed),
        );
      case 'TOP': {
        const lines = readNumber(args[1]);
        if (lines === null) return no('Say TOP, a message number and a number of lines');
        return this.#withMessage(state, args, ({ message }) =>
          long('The top of it', topOf(message.stuffed, lines)),
        );
      }
      case 'DELE':
        return this.#withMessage(state, args, ({ number, message }) => {
          deleted.add(message);
          return ok(`Message ${number} will be removed when you say QUIT`);
        });
      case 'USER':
      case 'PASS':
        return no('You are signed in already');
      default:
        return no('This server does not know that command');
    }
  }

  #list(
    state: Transaction,
    args: readonly string[],
    show: (message: StoredMessage) => string,
  ): Reply {
    if (args.length > 0) {
      return this.#withMessage(state, args, ({ number, message }) =>
        ok(`${number} ${show(message)}`),
      );
    }
    const rows = state.messages
      .map((message, index) => ({ message, row: `${index + 1} ${show(message)}\r\n` }))
      .filter(({ message }) => !state.deleted.has(message))
      .map(({ row }) => row);
    return long(count(rows.length), rows.join(''));
  }

  #withMessage(state: Transaction, args: readonly string[], act: (it: Numbered) => Reply): Reply {
    const number = readNumber(args[0]);
    if (number === null) return no('Say which message, by its number');
    const message = state.messages[number - 1];
    if (message === undefined) return no(`There is no message ${number}`);
    if (state.deleted.has(message)) return no(`Message ${number} is marked as deleted`);
    return act({ number, message });
  }
}
