import { readFile } from 'node:fs/promises';
import { expect } from 'vitest';
import type { Account, SignIn } from '../../../electron/shared/account';
import type { TunnelState } from '../../../electron/shared/tunnel-state';
import { startEngine, type EngineOptions, type TestEngine } from '../../support/engine';
import { PASSPHRASE, writeKey, type TestKey } from '../../world/ssh-keys';
import type { Sshd } from '../../world/sshd';
import { connect } from '../../world/talk';
import { keep } from './tidy';

export const isUp = (state: TunnelState): boolean => state.kind === 'connected';

export const secret = (value: string) => ({ kind: 'secret', secret: value }) as const;

export const count = (text: string, pattern: RegExp): number => (text.match(pattern) ?? []).length;

/** How often the server was reached. */
export const connections = (sshd: Sshd): number => count(sshd.log(), /^Connection from /gm);

/** How often it refused a sign-in. */
export const failures = (sshd: Sshd): number => count(sshd.log(), /^Failed /gm);

/** An engine that is searched for the secrets it was given when the test is over. */
export async function engineFor(
  options: EngineOptions = {},
  ...secrets: string[]
): Promise<TestEngine> {
  const engine = await startEngine(options);
  const stop = async () => {
    const told = engine.heard.join('\n');
    const commandLines = await Promise.all(
      engine.pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')),
    );
    await engine.stop();
    expect(told).not.toContain('PRIVATE KEY');
    for (const hidden of [PASSPHRASE, ...secrets]) {
      expect(told).not.toContain(hidden);
      expect(commandLines.join('\n')).not.toContain(hidden);
    }
  };
  return keep(Promise.resolve({ ...engine, stop }));
}

/** Puts a key file into the person's folder, to sign in with. */
export async function keyFile(engine: TestEngine, key: TestKey): Promise<SignIn> {
  return { kind: 'key-file', path: await writeKey(engine.folder, key, `id-${key.type}`) };
}

/** The local port of an account's only forward. */
export function portOf(account: Account): number {
  const [forward] = account.forwards;
  if (forward === undefined) throw new Error('the account has no forward');
  return forward.localPort;
}

/** What a mail program hears first on an account's local port. */
export async function greetingOf(account: Account): Promise<string> {
  const program = await connect(portOf(account));
  try {
    return await program.line();
  } finally {
    await program.stop();
  }
}
