import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLogger } from '../../../electron/logging/logger';
import { redact } from '../../../electron/logging/redact';

const HOME = '/home/me';

describe('redact', () => {
  it.each([
    ['password=hunter2 next', 'password=‹redacted› next'],
    ["{ passphrase: 'hunter2', x: 1 }", '{ passphrase: ‹redacted›, x: 1 }'],
    ['{"secret":"hunter2"}', '{"secret":‹redacted›}'],
    ['sent PASS hunter2', 'sent ‹redacted›'],
    ['a1 LOGIN me hunter2', 'a1 ‹redacted›'],
    ['AUTH PLAIN AGh1bnRlcjI=', '‹redacted›'],
    [
      '-----BEGIN OPENSSH PRIVATE KEY-----\nhunter2\n-----END OPENSSH PRIVATE KEY-----',
      '-----BEGIN OPENSSH PRIVATE KEY-----‹redacted›-----END OPENSSH PRIVATE KEY-----',
    ],
    ['-----BEGIN RSA PRIVATE KEY-----\nhunter2', '-----BEGIN RSA PRIVATE KEY-----‹redacted›'],
    ['/home/me/.ssh/id_rsa', '~/.ssh/id_rsa'],
    ['red \u001b[31malert\u0007', 'red ?[31malert?'],
    ['The server did not accept your password.', 'The server did not accept your password.'],
  ])('%j', (text, fit) => {
    expect(redact(text, HOME)).toBe(fit);
  });

  it('cuts what is endless', () => {
    expect(redact('x'.repeat(1e6), HOME)).toHaveLength(4000);
  });
});

describe('the log file', () => {
  let folder: string;
  const file = (): string => join(folder, 'mailmole.log');
  const logIn = () => createLogger({ folder, home: HOME, toConsole: false, level: () => 'debug' });

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'mailmole-log-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('has a line with time and level for each entry, without secrets', () => {
    const log = logIn();
    log('info', 'It starts.');
    log('error', 'password=hunter2');
    expect(readFileSync(file(), 'utf8').split('\n')).toEqual([
      expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z info It starts\.$/u),
      expect.stringMatching(/Z error password=‹redacted›$/u),
      '',
    ]);
  });

  it.skipIf(process.platform === 'win32')('is its user’s only, also when it was not before', () => {
    writeFileSync(file(), '');
    chmodSync(file(), 0o644);
    logIn()('info', 'x');
    expect(statSync(file()).mode & 0o777).toBe(0o600);
  });

  it('is rotated, and three are kept at most', () => {
    const log = logIn();
    const line = 'x'.repeat(3900);
    for (let count = 0; count < 1500; count += 1) log('debug', `${count} ${line}`);
    expect(readdirSync(folder).sort()).toEqual([
      'mailmole.1.log',
      'mailmole.2.log',
      'mailmole.log',
    ]);
    for (const name of readdirSync(folder)) {
      expect(statSync(join(folder, name)).size).toBeLessThan(1024 * 1024 + 5000);
    }
    expect(readFileSync(file(), 'utf8')).toContain(' 1499 x');
  });
});
