import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const run = promisify(execFile);
const LAUNCHER = join(import.meta.dirname, '..', '..', 'build', 'linux', 'mailmole.sh');

/** Tells how it was called: as plain Node with which script, or as the application, and with which words. */
const PROGRAM = `#!/bin/sh
if [ -n "$ELECTRON_RUN_AS_NODE" ]; then echo "node \${1##*/}"; shift; else echo application; fi
for word in "$@"; do echo "$word"; done
`;

describe("the packages' launcher", () => {
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mailmole-launcher-'));
    await mkdir(join(folder, 'opt', 'resources', 'bin'), { recursive: true });
    await writeFile(join(folder, 'opt', 'mailmole'), PROGRAM, { mode: 0o755 });
    await cp(LAUNCHER, join(folder, 'opt', 'resources', 'bin', 'mailmole'));
    // As the package's alternatives do, over two links.
    await symlink(join(folder, 'opt', 'resources', 'bin', 'mailmole'), join(folder, 'alternative'));
    await symlink(join(folder, 'alternative'), join(folder, 'command'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it.each([
    [[], 'application'],
    [['--hidden'], 'application'],
    [['--profile', '/p'], 'application'],
    [['mailmole://setup?x=1'], 'application'],
    [['/home/me/work.mailmole'], 'application'],
    [['work.mailmole'], 'application'],
    [['list'], 'node cli.cjs'],
    [['lisst'], 'node cli.cjs'],
    [['--help'], 'node cli.cjs'],
    [['--version'], 'node cli.cjs'],
    [['--profile', 'list', 'wait', 'My Post'], 'node cli.cjs'],
    [['--profile=/p', 'import', '/x/y'], 'node cli.cjs'],
    [['--headless'], 'node headless.js'],
    [['--profile', '/p', '--headless'], 'node headless.js'],
  ])('passes %j on to the %s, word for word', async (words, who) => {
    const { ELECTRON_RUN_AS_NODE: _node, ...env } = process.env;
    const { stdout } = await run(join(folder, 'command'), words, { env });
    expect(stdout).toBe([who, ...words, ''].join('\n'));
  });
});
