import type { Client, ClientChannel } from 'ssh2';
import { textOfThrown } from '../shared/thrown';
import { cleanServerText } from './error-mapping';
import { ForwardChannel } from './forward-channel';
import type { Clock, Log } from './ports';
import { insideOf, type Inside } from './ssh2-inside';
import type { SshSession } from './ssh-session';

/** Every shell ends at this and does nothing else: those of Unix (csh and fish too), cmd.exe, PowerShell. */
const NOTHING = 'exit';

/**
 * Has the server run a command that does nothing (RFC 4254, 6.5), and closes its channel as soon as the server says
 * yes. OpenSSH's server holds back small packets on a connection that only forwards, until we acknowledge what came
 * before; once it has run any command it does so no more (`ssh_packet_set_interactive` in its session.c), whatever
 * becomes of the command. Nothing is sent to the command; a forced one that goes on running is not waited for.
 *
 * What it prints stays on the server: the channel grants no byte. With an unknown ssh2 it is granted the usual 2 MB,
 * and a channel whose command was refused stays open.
 *
 * @param onFlood the server sent far more than it was granted
 * @returns null once it runs; otherwise what ssh2 says of the refusal, or of the connection's end. Never rejects
 */
export function runNothing(client: Client, onFlood: () => void): Promise<string | null> {
  const inside = insideOf(client);
  let id: number | null = null;
  return new Promise((resolve) => {
    const told = (error: Error | undefined, channel: ClientChannel) => {
      if (error === undefined) new ForwardChannel(channel, onFlood).close();
      else if (inside !== null && id !== null) closeLeft(inside, id);
      resolve(error?.message ?? null);
    };
    try {
      grantNothing(inside, () => client.exec(NOTHING, told));
      id = inside?.channels._cur ?? null;
    } catch (thrown) {
      resolve(textOfThrown(thrown));
    }
  });
}

/** The server may send nothing on the session channel that is opened meanwhile. */
function grantNothing(inside: Inside | null, open: () => void): void {
  if (inside === null) {
    open();
    return;
  }
  const { protocol } = inside;
  const session = protocol.session.bind(protocol);
  protocol.session = (channel, _window, largest) => session(channel, 0, largest);
  try {
    open();
  } finally {
    protocol.session = session;
  }
}

/** ssh2 gives no hold of a channel that was opened for a command that is then refused. */
function closeLeft({ channels }: Inside, id: number): void {
  const channel = channels.get(id);
  if (typeof channel === 'object') (channel as ClientChannel).close();
}

/** A connection that is lost within this time after a session was asked for, in milliseconds, may be lost because of it. */
const BLAMED_MS = 10_000;
/** So many in a row are no accident. */
const MOST_LOSSES = 2;

/**
 * Asks an account's server for the command that does nothing, once a connection, and remembers a server that wants none of
 * it: one that refuses is not asked again, nor is one that ends the connection over it twice. Nobody is told but the
 * log, since mail flows all the same.
 */
export class SessionChannels {
  readonly #clock: Clock;
  readonly #log: Log;
  #losses = 0;

  constructor({ clock, log }: { readonly clock: Clock; readonly log: Log }) {
    this.#clock = clock;
    this.#log = log;
  }

  /** @param session on which the mail servers have been heard, so that nothing of theirs is in the way */
  ask(session: Pick<SshSession, 'runNothing' | 'closed'>): void {
    if (this.#losses >= MOST_LOSSES) return;
    const answer = session.runNothing();
    if (answer === null) return;
    let blamed = true;
    const acquit = this.#clock.after(BLAMED_MS, () => {
      blamed = false;
      this.#losses = 0;
    });
    void session.closed.then((error) => {
      acquit();
      if (!blamed || error === null) return;
      this.#losses++;
      this.#log('debug', 'the connection was lost right after a session channel was asked for');
    });
    void answer.then((said) => {
      if (typeof said === 'string') return;
      acquit();
      blamed = false;
      this.#losses = MOST_LOSSES;
      this.#log('debug', `no session channel: ${cleanServerText(said.refused)}`);
    });
  }
}
