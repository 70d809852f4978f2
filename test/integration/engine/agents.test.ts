import { execFileSync } from 'node:child_process';
import { beforeAll, describe, expect, it } from 'vitest';
import type { SignIn } from '../../../electron/shared/account';
import { listAgent } from '../../../electron/tunnel/agent-listing';
import { accountFor, forwardTo } from '../../support/engine';
import { startDovecot, type Dovecot } from '../../world/dovecot';
import { startSshAgent, type SshAgent } from '../../world/ssh-agent';
import { makeKey, writeKey } from '../../world/ssh-keys';
import { startSshd, type Sshd } from '../../world/sshd';
import { connections, count, engineFor, isUp } from './support';
import { keep, keepForFile, tidyUp } from './tidy';

tidyUp();

let dovecot: Dovecot;
beforeAll(async () => {
  dovecot = await keepForFile(startDovecot({ tls: false }));
});

const right = await makeKey({ type: 'ed25519' });
const spares = await Promise.all(
  Array.from({ length: 7 }, (_, index) => makeKey({ type: 'ed25519', name: `spare-${index}` })),
);

async function account(sshd: Sshd, signIn: SignIn) {
  const forward = await forwardTo({ host: '127.0.0.1', port: dovecot.ports.pop3 });
  return accountFor(sshd, [forward], { signIn });
}

/** An agent with eight keys, the right one last. */
async function fullAgent(): Promise<SshAgent> {
  const agent = await keep(startSshAgent());
  for (const key of [...spares, right]) await agent.add(key);
  return agent;
}

const only = (key: string | null, socket: string | null = null): SignIn => ({
  kind: 'agent',
  socket,
  key,
});

describe('one key of an agent with eight', () => {
  it('is the only one that the server sees', async () => {
    const agent = await fullAgent();
    const config = { MaxAuthTries: 1, LogLevel: 'DEBUG1' };
    const sshd = await keep(startSshd({ authorizedKeys: [right], config }));
    const engine = await engineFor({ settings: { agentSocket: agent.socket } });
    engine.host.setAccount(await account(sshd, only(right.fingerprint)), 'person');
    await engine.when(isUp, 'in');
    expect(engine.session()).toMatchObject({ signedInBy: 'agent' });
    const log = sshd.log();
    expect(connections(sshd)).toBe(1);
    expect(count(log, /Failed publickey/g)).toBe(0);
    const shown = new Set([...log.matchAll(/SHA256:[\w+/]{43}/g)].map(([found]) => found));
    expect(spares.filter(({ fingerprint }) => shown.has(fingerprint))).toEqual([]);
    expect(shown).toContain(right.fingerprint);
  });

  it('that the server does not want is not followed by the others', async () => {
    const agent = await fullAgent();
    const sshd = await keep(startSshd({ authorizedKeys: [right] }));
    const engine = await engineFor({ settings: { agentSocket: agent.socket } });
    const wrong = spares[0]?.fingerprint ?? '';
    engine.host.setAccount(await account(sshd, only(wrong)), 'person');
    expect(await engine.trouble()).toMatchObject({ kind: 'sign-in-refused', tried: ['agent'] });
    expect(count(sshd.log(), /^Failed publickey/gm)).toBe(1);
  });

  it('that was taken out of it is missed, and found again once it is back', async () => {
    const agent = await fullAgent();
    await agent.remove(right);
    const sshd = await keep(startSshd({ authorizedKeys: [right] }));
    const engine = await engineFor({ settings: { agentSocket: agent.socket } });
    engine.host.setAccount(await account(sshd, only(right.fingerprint)), 'person');
    expect(await engine.trouble()).toEqual({
      kind: 'agent-unavailable',
      why: 'key-missing',
      detail: right.fingerprint,
    });
    await agent.add(right);
    engine.host.tryNow('a');
    await engine.when(isUp, 'in');
  });
});

describe('an agent of its own', () => {
  it('is asked, and not the one that is running', async () => {
    const running = await keep(startSshAgent());
    const own = await fullAgent();
    const sshd = await keep(startSshd({ authorizedKeys: [right] }));
    const engine = await engineFor({ settings: { agentSocket: running.socket } });
    const signIn = only(right.fingerprint, own.socket);
    engine.host.setAccount(await account(sshd, signIn), 'person');
    await engine.when(isUp, 'in');
  });

  it('that is not where the account says is not replaced by the one that is running', async () => {
    const running = await fullAgent();
    const sshd = await keep(startSshd({ authorizedKeys: [right] }));
    const engine = await engineFor({ settings: { agentSocket: running.socket } });
    const nowhere = engine.folder.file('no-agent');
    engine.host.setAccount(await account(sshd, only(null, nowhere)), 'person');
    expect(await engine.trouble()).toMatchObject({
      kind: 'agent-unavailable',
      why: 'gone',
      detail: expect.stringContaining(nowhere) as string,
    });
    expect(sshd.log()).not.toContain('Failed');
  });
});

describe('what an agent holds and cannot be used', () => {
  it('is listed by the agent, and named when nothing else worked', async () => {
    const agent = await keep(startSshAgent());
    const engine = await engineFor({ settings: { agentSocket: agent.socket } });
    const path = await writeKey(engine.folder, right, 'id');
    const authority = await writeKey(engine.folder, spares[0] ?? right, 'authority');
    const sign = ['-q', '-s', authority, '-I', 'my card', '-n', 'me', `${path}.pub`];
    execFileSync('ssh-keygen', sign, { stdio: 'ignore' });
    // ssh-add takes the certificate along with the key, and then the key is taken out.
    const env = { ...process.env, SSH_AUTH_SOCK: agent.socket };
    execFileSync('ssh-add', ['-q', path], { env, stdio: 'ignore' });
    const listed = await listAgent(agent.socket);
    expect(listed.map(({ type }) => type).sort()).toEqual([
      'ssh-ed25519',
      'ssh-ed25519-cert-v01@openssh.com',
    ]);
    const sshd = await keep(startSshd({ authorizedKeys: [spares[1] ?? right] }));
    engine.host.setAccount(await account(sshd, only(null)), 'person');
    const error = await engine.trouble();
    expect(error).toMatchObject({ kind: 'sign-in-refused', tried: ['agent'] });
    expect(JSON.stringify(error)).toMatch(/not usable in the agent: certificate SHA256:/);
    expect(engine.log.join('\n')).toMatch(/agent: passed over certificate SHA256:/);
  });
});
