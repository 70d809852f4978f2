import type { Socket } from 'node:net';
import type { Forward } from '../shared/account';
import { assertNever } from '../shared/result';
import { peerOwner, type PeerOwner } from './peer-owner';
import type { Log, LogLevel } from './ports';
import { refuse } from './refusal';

/** What a mail program of another user of this computer is told. */
const NOT_YOURS = 'only the user who runs Mailmole may use this port';

export interface DoorkeeperDependencies {
  readonly admit: (socket: Socket, forward: Forward) => void;
  readonly log: Log;
  /** Default: the system's list of sockets. */
  readonly ownerOf?: (socket: Socket) => Promise<PeerOwner>;
}

/**
 * Admits connections to a forward from processes of the same user only, where the system tells whose they are. Nothing
 * is read of a connection before that is known, and nothing is dialled for it.
 */
export class Doorkeeper {
  readonly #deps: DoorkeeperDependencies;
  readonly #ownerOf: (socket: Socket) => Promise<PeerOwner>;
  readonly #lookedAt = new Set<Socket>();
  /** What is in the log already, so that nobody can fill it by connecting. */
  readonly #said = new Set<string>();

  constructor(deps: DoorkeeperDependencies) {
    this.#deps = deps;
    this.#ownerOf = deps.ownerOf ?? peerOwner;
  }

  /** Somebody connected to a local port; the socket is paused. */
  arrived(socket: Socket, forward: Forward): void {
    // A socket without an error listener ends the process.
    socket.on('error', () => undefined);
    this.#lookedAt.add(socket);
    void this.#ownerOf(socket)
      .catch((): PeerOwner => ({ kind: 'unknown' }))
      .then((owner) => {
        // Turned away meanwhile, with everybody else.
        if (this.#lookedAt.delete(socket)) this.#decide(owner, socket, forward);
      });
  }

  /** The port is no longer ours: resets whoever still stands at the door. */
  turnAll(): void {
    for (const socket of this.#lookedAt) socket.resetAndDestroy();
    this.#lookedAt.clear();
  }

  #decide(owner: PeerOwner, socket: Socket, forward: Forward): void {
    const { admit } = this.#deps;
    switch (owner.kind) {
      case 'same-user':
        admit(socket, forward);
        return;
      case 'other-user':
        this.#sayOnce(
          'warn',
          `port ${forward.localPort}: refused connections of user ${owner.uid}`,
        );
        refuse(socket, forward, NOT_YOURS);
        return;
      case 'gone':
        socket.resetAndDestroy();
        return;
      case 'unknown':
        this.#sayOnce('info', 'whose program connects is not checked: this system does not tell');
        admit(socket, forward);
        return;
      default:
        assertNever(owner);
    }
  }

  #sayOnce(level: LogLevel, text: string): void {
    if (this.#said.has(text)) return;
    this.#said.add(text);
    this.#deps.log(level, text);
  }
}
