import { expect } from 'vitest';
import type { Account, Route, SignIn } from '../../../electron/shared/account';
import { isProven, type TunnelState } from '../../../electron/shared/tunnel-state';
import { accountFor, forwardTo, type TestEngine } from '../../support/engine';
import { makeKey } from '../../world/ssh-keys';
import { startSshd, type Sshd, type SshdOptions } from '../../world/sshd';
import { exchange, type BulkServer } from './bulk';
import { engineFor, keyFile, portOf } from './support';
import { keep } from './tidy';

/** Opens every sshd here that says nothing else. */
export const key = await makeKey({ type: 'ed25519' });
export const MB = 1024 * 1024;
export const DIRECT = { kind: 'direct' } as const;
/** A name of the hop, so that it is told apart from the server at 127.0.0.1. */
export const HOP = 'localhost';

/** An sshd that is stopped with the test. */
export const server = (options: SshdOptions = {}): Promise<Sshd> =>
  keep(startSshd({ authorizedKeys: [key], ...options }));

/** A jump from an sshd, which is itself reached by `route`. */
export function jump(from: Sshd, signIn: SignIn, route: Route = DIRECT, host = HOP): Route {
  return { kind: 'jump', host, port: from.port, user: from.user, signIn, route };
}

/** The line of known_hosts for an sshd under a name. */
export function known(sshd: Sshd, host = '127.0.0.1'): string {
  return `[${host}]:${sshd.port} ${sshd.hostKeys[0]?.publicKey ?? ''}\n`;
}

/** An account that leads to a mail server by a route. */
export async function accountBy(
  mail: BulkServer,
  sshd: Sshd,
  signIn: SignIn,
  route: Route,
): Promise<Account> {
  const forward = await forwardTo({ host: '127.0.0.1', port: mail.port });
  return accountFor(sshd, [forward], { signIn, route });
}

/** Two sshds, an engine with their keys known, and an account that jumps from the one to the other. */
export async function oneJump(
  mail: BulkServer,
  options: { hop?: SshdOptions; server?: SshdOptions } = {},
) {
  const hop = await server(options.hop);
  const sshd = await server(options.server);
  const engine = await engineFor();
  await engine.folder.write('known_hosts', known(hop, HOP) + known(sshd));
  const signIn = await keyFile(engine, key);
  const account = await accountBy(mail, sshd, signIn, jump(hop, signIn));
  return { hop, sshd, engine, account };
}

export const isRetrying = (state: TunnelState) => state.kind === 'retrying';

/** Waits for the proof, then moves bytes both ways. */
export async function carries(engine: TestEngine, account: Account, bytes = 4 * MB): Promise<void> {
  await engine.when(isProven, 'proven');
  expect(await exchange(portOf(account), bytes, bytes)).toEqual({
    upWhole: true,
    downWhole: true,
  });
}
