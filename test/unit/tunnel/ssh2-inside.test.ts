import ssh2, { type ServerChannel } from 'ssh2';
import { afterEach, describe, expect, it } from 'vitest';
import { LARGEST_WINDOW, widenWindows } from '../../../electron/tunnel/ssh2-window';
import { acknowledgeChannels, insideOf, type Inside } from '../../../electron/tunnel/ssh2-inside';
import { until } from '../../world/wait';
import { startPair, type SshPair } from './ssh-pair';

const MB = 1024 * 1024;
const FROM = { address: '127.0.0.1', port: 0 };

/** What the far end may still send on a channel, as its ssh2 counts it. */
const allowed = (channel: ServerChannel) =>
  (channel as unknown as { outgoing: { window: number } }).outgoing.window;

describe('the inside of ssh2', () => {
  let pair: SshPair | null = null;
  afterEach(async () => {
    await pair?.stop();
    pair = null;
  });

  async function start(): Promise<{ pair: SshPair; inside: Inside; far: () => ServerChannel }> {
    const far: ServerChannel[] = [];
    pair = await startPair((accept) => far.push(accept()));
    const inside = insideOf(pair.client);
    if (inside === null) throw new Error('the pinned ssh2 is not the one that is known');
    const last = () => {
      const channel = far.at(-1);
      if (channel === undefined) throw new Error('no channel yet');
      return channel;
    };
    return { pair, inside, far: last };
  }

  it('is left alone before there is any, and in any other version', async () => {
    expect(insideOf(new ssh2.Client())).toBeNull();
    const { pair: running } = await start();
    const { _protocol: protocol } = running.client as unknown as {
      _protocol: { _identRaw: Buffer };
    };
    protocol._identRaw = Buffer.from('SSH-2.0-ssh2js1.18.0');
    expect(insideOf(running.client)).toBeNull();
  });

  it('lets a channel that opens be acknowledged at once, by a message that says nothing', async () => {
    const { pair: running, inside, far } = await start();
    acknowledgeChannels(inside);
    const { bytesRead: before } = running.far;
    const channel = await running.session.openForward('h', 1, FROM);
    const opened = running.far.bytesRead;
    expect(opened).toBeGreaterThan(before);
    // Nothing was sent by anybody since, and still something comes.
    await until('an acknowledgement', () => running.far.bytesRead > opened);
    const echoed = new Promise((resolve) => channel.stream.once('data', resolve));
    far().write('on it goes');
    expect(String(await echoed)).toBe('on it goes');
  });

  describe('windows', () => {
    it('grow while they are read, to the largest, and every byte comes', async () => {
      const { pair: running, inside, far } = await start();
      widenWindows(inside);
      const { stream } = await running.session.openForward('h', 1, FROM);
      let got = 0;
      let wrong = 0;
      stream.on('data', (chunk: Buffer) => {
        for (const byte of chunk) if (byte !== (got++ & 0xff)) wrong++;
      });
      const pattern = Buffer.from(Array.from({ length: MB }, (_, i) => i & 0xff));
      for (let i = 0; i < 24; i++) far().write(pattern);
      await until('all of it', () => got === 24 * MB, { timeoutMs: 30_000 });
      expect(wrong).toBe(0);
      await until('the largest window', () => allowed(far()) > LARGEST_WINDOW - 128 * 1024);
      expect(allowed(far())).toBeLessThanOrEqual(LARGEST_WINDOW);
    });

    it('stay what they were for what nobody reads, and go on when it is read', async () => {
      const { pair: running, inside, far } = await start();
      widenWindows(inside);
      const { stream } = await running.session.openForward('h', 1, FROM);
      for (let i = 0; i < 6; i++) far().write(Buffer.alloc(MB));
      await until('all that was allowed', () => stream.readableLength === 2 * MB);
      expect(allowed(far())).toBe(0);
      let got = 0;
      stream.on('data', (chunk: Buffer) => (got += chunk.length));
      await until('all of it', () => got === 6 * MB, { timeoutMs: 30_000 });
    });

    it('are not granted any more to a side that has ended', async () => {
      const { pair: running, inside, far } = await start();
      widenWindows(inside);
      const { stream } = await running.session.openForward('h', 1, FROM);
      far().end(Buffer.alloc(MB));
      await until('it all lies there', () => stream.readableLength === MB);
      let got = 0;
      const ended = new Promise((resolve) => stream.once('end', resolve));
      stream.on('data', (chunk: Buffer) => (got += chunk.length));
      await ended;
      expect(got).toBe(MB);
    });
  });
});
