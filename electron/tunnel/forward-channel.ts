import type { ClientChannel } from 'ssh2';
import type { FarEnd } from './forward-pipe';

/** A server that pushes more than this past what is read, in bytes, is not playing by the window (ssh2#1505). */
export const UNREAD_LIMIT = 8 * 1024 * 1024;

/**
 * A channel to a mail server, with two things that ssh2 (1.17.0) does not tell. It ends a channel that was closed or
 * lost just as one that came to its end; only the channel's state at the moment of the last push tells the two apart.
 * And it looks only whether the window is exactly used up, so a hostile server could go on sending for ever.
 *
 * To be made in the very call-back that gives the channel: data and its end may lie in the same packet.
 */
export class ForwardChannel implements FarEnd {
  readonly stream: ClientChannel;
  #saidEof = false;

  /** @param onFlood the server sent far more than its window allows; the whole connection is not to be trusted */
  constructor(stream: ClientChannel, onFlood: () => void) {
    this.stream = stream;
    const { incoming } = stream as ClientChannel & { incoming?: { state?: string } };
    const push = stream.push.bind(stream);
    stream.push = (chunk: unknown, encoding?: BufferEncoding): boolean => {
      if (chunk === null) this.#saidEof ||= incoming?.state === 'eof';
      else if (stream.readableLength + (chunk as Buffer).length > UNREAD_LIMIT) {
        onFlood();
        return false;
      }
      return push(chunk, encoding);
    };
    // ssh2 gives a channel of this kind a second readable side that nothing is ever sent on; it must still be drained.
    stream.stderr.resume();
  }

  /** Did the mail server's side come to its end (EOF)? A channel that was closed or lost did not. */
  get saidEof(): boolean {
    return this.#saidEof;
  }

  close(): void {
    this.stream.close();
  }
}
