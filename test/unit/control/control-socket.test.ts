import {
  chmodSync,
  chownSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { callControl } from '../../../electron/control/control-client';
import {
  AlreadyServed,
  openControl,
  type ControlServer,
} from '../../../electron/control/control-server';
import { makeProof, takeProof, UnsafeFolder } from '../../../electron/control/control-folder';
import { profilePaths, surroundings } from '../../../electron/control/profile-paths';
import { LONGEST_LINE } from '../../../electron/control/lines';
import { systemClock } from '../../../electron/tunnel/system-clock';
import { fail } from '../../../electron/shared/result';
import { commandsWith } from '../support/commands-bench';
import { recordingWords } from '../support/words';

const { t } = recordingWords();
let folder: string;
let servers: ControlServer[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mailmole-control-'));
  servers = [];
});
afterEach(async () => {
  for (const server of servers) await server.close();
  rmSync(folder, { recursive: true, force: true });
});

function pathsOf(profile: string) {
  const env = { XDG_RUNTIME_DIR: folder };
  return profilePaths(join(folder, profile), { ...surroundings(), env });
}

async function serve(profile = 'one', atOnce = true) {
  const { commands, state } = commandsWith([]);
  const paths = pathsOf(profile);
  const log: string[] = [];
  const nothing = () => Promise.resolve(fail({ kind: 'not-now' as const }));
  const say = (level: string, text: string) => void log.push(`${level}: ${text}`);
  const server = await openControl({ paths, version: '1.2.3', t, log: say });
  const begin = (): void =>
    server.serve({
      ...{ commands, state, clock: systemClock, t },
      ...{ findFreePort: () => Promise.resolve(1), newId: () => 'id', questions: null },
      imports: { readImport: nothing, addImported: nothing },
      networkChanged: () => undefined,
      log: say,
    });
  servers.push(server);
  if (atOnce) begin();
  return { paths, log, server, begin };
}

/** Talks to the socket without our client; resolves with all that came until it was hung up. */
function talkRaw(path: string, text: string): Promise<string> {
  return new Promise((resolve) => {
    let heard = '';
    const socket = connect(path);
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      heard += chunk;
      socket.write(text);
    });
    socket.once('error', () => undefined);
    socket.once('close', () => resolve(heard));
  });
}

describe('the control socket', () => {
  it('answers its own user, with the version', async () => {
    const { paths } = await serve();
    const client = await callControl(paths);
    expect(client?.version).toBe('1.2.3');
    const list = await client?.ask('list', { names: [] });
    expect(list).toEqual({ ok: true, value: { version: 1, mailboxes: [] } });
    client?.close();
  });

  it('hangs up on who does not prove to be its user', async () => {
    const { paths, log } = await serve();
    const request = JSON.stringify({ mailmole: 1, id: 1, verb: 'list', params: { names: [] } });
    const heard = await talkRaw(paths.socketPath, `${request}\n`);
    expect(heard.trim().split('\n')).toHaveLength(1);
    expect(log.join()).toContain('did not prove');
  });

  it('hangs up on a line without an end', async () => {
    const { paths } = await serve();
    const heard = await talkRaw(paths.socketPath, 'x'.repeat(LONGEST_LINE + 1));
    expect(heard.trim().split('\n')).toHaveLength(1);
  });

  it('is null where nobody serves, and replaced where a crash left it', async () => {
    const paths = pathsOf('one');
    expect(await callControl(paths)).toBeNull();
    const { server } = await serve();
    await server.close();
    servers.length = 0;
    // A file in its place, as after a crash, at which nobody answers.
    writeFileSync(paths.socketPath, '');
    expect(await callControl(paths)).toBeNull();
    await serve();
    expect(await callControl(paths)).not.toBeNull();
  });

  it('is served once for a profile, and apart for another', async () => {
    await serve('one');
    await expect(serve('one')).rejects.toBeInstanceOf(AlreadyServed);
    const { paths } = await serve('two');
    expect(paths.socketPath).not.toBe(pathsOf('one').socketPath);
  });

  it('is served once for a profile, wherever each has its folder for the socket', async () => {
    await serve('one');
    const elsewhere = { ...surroundings(), env: { XDG_RUNTIME_DIR: join(folder, 'elsewhere') } };
    const paths = profilePaths(join(folder, 'one'), elsewhere);
    const door = { paths, version: '1', t, log: () => undefined };
    await expect(openControl(door)).rejects.toBeInstanceOf(AlreadyServed);
  });

  it('is taken before anything is loaded, greets from then on, and answers when all is there', async () => {
    const { begin } = await serve('one', false);
    await expect(serve('one')).rejects.toBeInstanceOf(AlreadyServed);
    const client = await callControl(pathsOf('one'));
    let answered = false;
    const list = client?.ask('list', { names: [] }).finally(() => (answered = true));
    const second = await callControl(pathsOf('one'));
    expect(second?.version).toBe('1.2.3');
    expect(answered).toBe(false);
    begin();
    expect(await list).toMatchObject({ ok: true, value: { mailboxes: [] } });
    client?.close();
    second?.close();
  });

  it.each<[string, (folder: string) => void, string]>([
    ['open to others', (at) => mkdirSync(at, { mode: 0o755 }), 'cli:folder.open'],
    ['a link', (at) => symlinkSync(tmpdir(), at), 'cli:folder.not-a-folder'],
    ['a file', (at) => writeFileSync(at, ''), 'cli:folder.not-a-folder'],
  ])('is not served in a folder that is %s', async (_what, make, complaint) => {
    make(pathsOf('one').controlFolder);
    const refused = await serve().catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(UnsafeFolder);
    expect(refused).toMatchObject({ complaint });
  });

  it('is not spoken to in a folder that was opened to others', async () => {
    const { paths } = await serve();
    chmodSync(paths.controlFolder, 0o750);
    await expect(callControl(paths)).rejects.toMatchObject({ complaint: 'cli:folder.open' });
    chmodSync(paths.controlFolder, 0o700);
  });

  it('tells a request it does not know from one that is wrong', async () => {
    const { paths } = await serve();
    const client = await callControl(paths);
    const unknown = await client?.ask('dance' as 'lock', {});
    expect(unknown).toMatchObject({ ok: false, error: { kind: 'failed' } });
    const wrong = await client?.ask('wait', { name: '', ask: false, timeoutMs: -1 });
    expect(wrong).toMatchObject({ ok: false, error: { kind: 'usage' } });
    client?.close();
  });

  it('is given up by a caller where another program speaks', async () => {
    const paths = pathsOf('one');
    const { server } = await serve();
    await server.close();
    servers.length = 0;
    rmSync(paths.socketPath, { force: true });
    const other = createServer((socket) => socket.end('220 mail.example.org ESMTP\n'));
    await new Promise<void>((listening) => other.listen(paths.socketPath, listening));
    await expect(callControl(paths)).rejects.toMatchObject({
      complaint: 'cli:error.other-version',
    });
    other.close();
  });
});

describe('the proof of whose a call is', () => {
  const proof = () => join(folder, 'proof-word');

  it('counts once, and for the very word that was drawn', () => {
    makeProof(folder, 'word');
    expect(takeProof(folder, 'other')).toBe(false);
    expect(takeProof(folder, 'word')).toBe(true);
    expect(takeProof(folder, 'word')).toBe(false);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is no file that somebody has under another name, and no link', () => {
    const mine = join(folder, 'mine');
    writeFileSync(mine, '');
    linkSync(mine, proof());
    expect(takeProof(folder, 'word')).toBe(false);
    symlinkSync(mine, proof());
    expect(takeProof(folder, 'word')).toBe(false);
  });

  // Only root can give a file away.
  it.runIf(process.getuid?.() === 0)('is no file of another user', () => {
    makeProof(folder, 'word');
    chownSync(proof(), 65_534, 65_534);
    expect(takeProof(folder, 'word')).toBe(false);
  });
});
