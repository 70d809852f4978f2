import { collide } from '../accounts/account-rules';
import type { Account, Forward, ForwardProtocol } from '../shared/account';
import { DEFAULT_LOCAL_PORTS, MAIL_PORTS } from '../shared/account';

/** Gives the first port from `from` on that nobody listens at on this computer and that is not in `taken`. */
export type FindFreePort = (
  address: string,
  from: number,
  taken: ReadonlySet<number>,
) => Promise<number>;

const LOCAL_ADDRESS = 'localhost';

/**
 * A local port for a forward of this protocol that is free here and wanted by none of the `others`. A port that the
 * `edited` mailbox has already is not free, because its own tunnel holds it; it is the right one all the same.
 */
export async function portFor(
  protocol: ForwardProtocol,
  edited: Account | undefined,
  others: readonly Account[],
  findFreePort: FindFreePort,
): Promise<number> {
  const theirs = others.flatMap((account) => account.forwards);
  const taken = new Set(theirs.map((forward) => forward.localPort));
  const own = edited?.forwards.find(
    (forward) => forward.protocol === protocol && !taken.has(forward.localPort),
  );
  return own?.localPort ?? findFreePort(LOCAL_ADDRESS, DEFAULT_LOCAL_PORTS[protocol], taken);
}

/** A forward to the usual port of a mail server. */
export function freshForward(
  id: string,
  protocol: ForwardProtocol,
  localPort: number,
  mailHost: string,
): Forward {
  const mailPort = MAIL_PORTS[protocol];
  return { id, protocol, localAddress: LOCAL_ADDRESS, localPort, mailHost, mailPort, tls: 'none' };
}

/** A mailbox's forwards with the one at `fromPort` moved to `toPort`, unless that belongs to another forward. */
export function movedTo(
  account: Account | undefined,
  fromPort: number,
  toPort: number,
  others: readonly Account[],
): readonly Forward[] | 'no-forward' | 'taken' {
  const forward = account?.forwards.find((each) => each.localPort === fromPort);
  if (account === undefined || forward === undefined) return 'no-forward';
  const moved = { ...forward, localPort: toPort };
  const rest = account.forwards.filter((each) => each !== forward);
  const theirs = others.flatMap((other) => other.forwards);
  if ([...rest, ...theirs].some((other) => collide(moved, other))) return 'taken';
  return account.forwards.map((each) => (each === forward ? moved : each));
}
