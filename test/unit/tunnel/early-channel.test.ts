import { afterEach, describe, expect, it, vi } from 'vitest';
import type { ServerChannel } from 'ssh2';
import { EarlyChannel } from '../../../electron/tunnel/early-channel';
import { until } from '../../world/wait';
import { startPair, type SshPair } from './ssh-pair';

const REQUEST = { mailHost: 'mail', mailPort: 110, from: { address: '127.0.0.1', port: 0 } };

describe('a channel that was asked for early', () => {
  let pair: SshPair;
  const accepts: (() => ServerChannel)[] = [];
  const hooks = { onFlood: vi.fn(), onSilence: vi.fn() };
  afterEach(async () => {
    vi.useRealTimers();
    vi.clearAllMocks();
    accepts.length = 0;
    await pair.stop();
  });
  async function asked(): Promise<EarlyChannel> {
    pair = await startPair((accept) => accepts.push(accept));
    const early = new EarlyChannel(pair.client, REQUEST, hooks);
    await until('the server is asked', () => accepts.length === 1);
    return early;
  }
  const accepted = (): ServerChannel => {
    const channel = accepts[0]?.();
    if (channel === undefined) throw new Error('nothing was asked for');
    return channel.on('error', () => undefined).resume();
  };

  it('is for the first who wants just that, and for nobody after', async () => {
    const early = await asked();
    expect(early.isFor({ ...REQUEST, mailPort: 143 })).toBe(false);
    expect(early.isFor({ ...REQUEST, from: { address: '::1', port: 0 } })).toBe(false);
    expect(early.isFor(REQUEST)).toBe(true);
    accepted();
    expect(await early.take(5_000)).not.toBeNull();
    expect(early.isFor(REQUEST)).toBe(false);
    expect(hooks.onSilence).not.toHaveBeenCalled();
  });

  it('is closed when nobody came for it in time, and given to nobody then', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const early = await asked();
    vi.advanceTimersByTime(10_000);
    expect(early.isFor(REQUEST)).toBe(false);
    let closed = false;
    accepted().once('close', () => (closed = true));
    await until('it is closed', () => closed);
  });

  it('that the server says nothing to is asked for anew, and closed when it comes late', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const early = await asked();
    const taken = early.take(15_000);
    vi.advanceTimersByTime(3_000);
    expect(await taken).toBeNull();
    expect(hooks.onSilence).toHaveBeenCalledOnce();
    let closed = false;
    accepted().once('close', () => (closed = true));
    await until('it is closed', () => closed);
  });
});
