import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { askWith } from '../../../electron/asking/askpass';

const QUESTION = {
  text: 'Passphrase?',
  echo: false,
  asks: 'passphrase',
  mailbox: 'Work',
} as const;

describe.skipIf(process.platform === 'win32')('a program that asks', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'mailmole-askpass-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function ask(script: string, signal = new AbortController().signal): Promise<string | null> {
    const program = join(folder, 'askpass');
    writeFileSync(program, `#!/bin/sh\n${script}\n`);
    chmodSync(program, 0o700);
    return askWith(program)(QUESTION, signal);
  }

  it.each<[string, string, string | null]>([
    ['says the first line it prints', 'printf "mole hill\\r\\nmore\\n"', 'mole hill'],
    ['may say nothing, which is an answer', 'echo', ''],
    ['says no by its status, whatever it prints', 'echo yes; exit 1', null],
    ['says no when a signal ends it', 'echo yes; kill -9 $$', null],
    ['is given the question', 'printf "%s" "$1"', 'Passphrase? '],
    ['is told what for', 'echo "$MAILMOLE_ASKS of $MAILMOLE_MAILBOX"', 'passphrase of Work'],
  ])('%s', async (_what, script, answer) => {
    expect(await ask(script)).toBe(answer);
  });

  it('may say as much as OpenSSH reads, and no more', async () => {
    const longest = 'x'.repeat(1023);
    expect(await ask(`echo ${longest}`)).toBe(longest);
    expect(await ask(`echo ${longest}x`)).toBeNull();
  });

  it('that cannot be started is no answer of a person', async () => {
    const none = askWith(join(folder, 'none'))(QUESTION, new AbortController().signal);
    await expect(none).rejects.toThrow('ENOENT');
  });

  it('is ended when nobody wants to know any more', async () => {
    const abort = new AbortController();
    const asked = ask('exec sleep 600', abort.signal);
    abort.abort();
    expect(await asked).toBeNull();
  });
});
