import { createServer, type Server, type Socket } from 'node:net';
import ssh2 from 'ssh2';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LimitedAgent, OneKeyAgent } from '../../../electron/tunnel/agents';
import { until } from '../../world/wait';
import { makeWorldFolder, type WorldFolder } from '../../world/world-folder';
import { ed25519Blob } from './host-key-maker';

const parsed = (blob: Buffer) => {
  const key = ssh2.utils.parseKey(`ssh-ed25519 ${blob.toString('base64')}`);
  if (key instanceof Error) throw key;
  return key;
};

describe('an agent that is not well', () => {
  let folder: WorldFolder;
  let agent: Server | null = null;
  const sockets: Socket[] = [];
  beforeEach(async () => {
    folder = await makeWorldFolder('agents');
  });
  afterEach(async () => {
    vi.useRealTimers();
    for (const socket of sockets.splice(0)) socket.destroy();
    agent?.close();
    agent = null;
    await folder.remove();
  });

  async function agentThat(act: (socket: Socket) => void): Promise<LimitedAgent> {
    agent = createServer((socket) => {
      sockets.push(socket);
      socket.on('error', () => undefined);
      act(socket);
    });
    await new Promise<void>((resolve) => agent?.listen(folder.file('agent'), resolve));
    return new LimitedAgent(folder.file('agent'));
  }

  it('or not there at all is an error', async () => {
    await expect(new LimitedAgent(folder.file('nowhere')).keys()).rejects.toThrow('connect');
    await expect(new LimitedAgent(await folder.write('file', '')).keys()).rejects.toThrow();
  });

  it.each([
    ['hangs up at once', (socket: Socket) => socket.end()],
    ['resets', (socket: Socket) => socket.destroy()],
    ['says no', (socket: Socket) => socket.write(Buffer.from([0, 0, 0, 1, 5]))],
    [
      'promises more than it says',
      (socket: Socket) => socket.end(Buffer.from([0, 0, 0, 9, 12, 0, 0, 0, 1])),
    ],
  ])('since it %s is an error, not a wait', async (_how, act) => {
    const limited = await agentThat(act);
    await expect(limited.keys()).rejects.toThrow();
    await expect(
      limited.sign(parsed(ed25519Blob()), Buffer.from('x'), undefined),
    ).rejects.toThrow();
  });

  it('without a key has none', async () => {
    const limited = await agentThat((socket) =>
      socket.write(Buffer.from([0, 0, 0, 5, 12, 0, 0, 0, 0])),
    );
    expect(await limited.keys()).toEqual({ usable: [], unusable: [] });
  });

  const rubbish = (socket: Socket) => void socket.write(Buffer.from([0, 0, 0, 2, 99, 99]));

  it('and talks rubbish has no list of keys', async () => {
    const limited = await agentThat(rubbish);
    await expect(limited.keys()).rejects.toThrow('no list of keys');
  });

  it('and is silent, or talks rubbish when it is to sign, is waited for a minute, each time', async () => {
    let act: (socket: Socket) => void = () => undefined;
    const limited = await agentThat((socket) => act(socket));
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    for (const ask of [
      () => limited.keys(),
      () => limited.sign(parsed(ed25519Blob()), Buffer.from('x'), undefined),
    ]) {
      let over = false;
      const count = sockets.length;
      const told = expect(ask().finally(() => (over = true))).rejects.toThrow(
        'the agent did not answer',
      );
      await until('it is asked', () => sockets.length > count);
      await vi.advanceTimersByTimeAsync(59_999);
      expect(over).toBe(false);
      await vi.advanceTimersByTimeAsync(1);
      await told;
      act = rubbish;
    }
  });
});

describe('one key shown as an agent', () => {
  const blob = ed25519Blob();
  interface Outcome {
    readonly error: Error | null;
    readonly signature: Buffer | undefined;
    readonly trouble: readonly unknown[];
    readonly hashes: readonly (string | undefined)[];
  }

  function sign(
    hash: 'sha1' | 'sha256' | undefined,
    sha1: boolean,
    act: () => Promise<Buffer>,
  ): Promise<Outcome> {
    const trouble: unknown[] = [];
    const hashes: (string | undefined)[] = [];
    const agent = new OneKeyAgent(
      blob,
      (_data, wanted) => {
        hashes.push(wanted);
        return act();
      },
      (thrown) => trouble.push(thrown),
      sha1,
    );
    return new Promise((resolve) => {
      agent.sign(
        blob,
        Buffer.from('data'),
        hash === undefined ? {} : { hash },
        (error, signature) =>
          resolve({
            error: error ?? null,
            signature,
            trouble,
            hashes,
          }),
      );
    });
  }
  const signed = () => Promise.resolve(Buffer.from('signature'));

  it('is offered as it is', () => {
    const agent = new OneKeyAgent(blob, signed, () => undefined, false);
    agent.getIdentities((error, keys) => expect([error, keys]).toEqual([undefined, [blob]]));
  });

  it('signs with the hash that the server wants', async () => {
    expect(await sign('sha256', false, signed)).toMatchObject({
      error: null,
      hashes: ['sha256'],
      trouble: [],
    });
    expect((await sign(undefined, false, signed)).signature?.toString()).toBe('signature');
  });

  it('never signs with SHA-1, unless the account says that the server is one of the past', async () => {
    const refused = await sign('sha1', false, signed);
    expect(refused.error?.message).toContain('SHA-1');
    expect(refused.hashes).toEqual([]);
    expect(await sign('sha1', true, signed)).toMatchObject({ error: null, hashes: ['sha1'] });
  });

  it('tells what went wrong, whatever it was', async () => {
    const failure = new Error('no');
    expect(await sign(undefined, false, () => Promise.reject(failure))).toMatchObject({
      error: failure,
      trouble: [failure],
    });
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- libraries do
    const odd = await sign(undefined, false, () => Promise.reject('odd'));
    expect(odd.error?.message).toBe('odd');
  });
});
