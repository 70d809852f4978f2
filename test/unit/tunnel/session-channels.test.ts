import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';

const FOLDER = path.resolve('electron/tunnel');

/** The engine's files in which a text like this stands. */
const filesWith = (pattern: RegExp): readonly string[] =>
  readdirSync(FOLDER).filter((name) => pattern.test(readFileSync(path.join(FOLDER, name), 'utf8')));

it('nothing but the installation of a key and the command that does nothing can open a session channel', () => {
  // Accounts that may only forward carry mail as long as nobody asks for more (`MaxSessions 0`, `ForceCommand`).
  expect(filesWith(/[sS]ession\.client\b/)).toEqual(['key-installer.ts']);
  expect(filesWith(/[cC]lient\.(exec|shell|subsys|sftp)\(/)).toEqual([
    'remote-keys-sftp.ts',
    'remote-keys-shell.ts',
    'ssh2-session.ts',
  ]);
});

it('the command that does nothing is asked for only where a person allows it', () => {
  expect(filesWith(/\.runNothing\(/)).toEqual(['ssh2-session.ts']);
  expect(filesWith(/SessionChannels\(/)).toEqual(['tunnel.ts']);
  const tunnel = readFileSync(path.join(FOLDER, 'tunnel.ts'), 'utf8');
  expect(tunnel.match(/#sessions\.ask\(/g)).toHaveLength(1);
  expect(tunnel).toMatch(/if \(this\.#account\.sessionChannel && .*\) this\.#sessions\.ask\(/);
});

it('nobody connects without looking at the server’s key, and no agent is forwarded', () => {
  // ssh2 takes any key where it is given no verifier.
  const connecting = ['handshake.ts', 'host-key-scan.ts'];
  expect(filesWith(/ssh2\.Client\(/)).toEqual(connecting);
  expect(filesWith(/hostVerifier:/)).toEqual(connecting);
  expect(filesWith(/agentForward|AgentForward|allowAgentFwd/)).toEqual([]);
});
