import type { Client } from 'ssh2';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { insideOf } from '../../../electron/tunnel/ssh2-inside';
import { takeOverKeepalive } from '../../../electron/tunnel/ssh2-keepalive';
import { until } from '../../world/wait';
import { startPair, type SshPair } from './ssh-pair';

/** Where ssh2's server hears a request. */
interface Heard {
  readonly _protocol: {
    readonly _handlers: {
      GLOBAL_REQUEST: (from: unknown, name: string, ...rest: unknown[]) => void;
    };
  };
}

describe('the keepalive of ssh2', () => {
  let pair: SshPair | null = null;
  afterEach(async () => {
    vi.useRealTimers();
    await pair?.stop();
    pair = null;
  });

  /** A pair whose client's keepalive was taken over or not, and what its server is asked from now on. */
  async function start(taken: boolean, keepaliveInterval = 0) {
    let ask: () => void = () => undefined;
    const begun = (client: Client) => {
      const inside = insideOf(client);
      if (inside === null) throw new Error('the pinned ssh2 is not the one that is known');
      if (taken) ask = takeOverKeepalive(client, inside);
    };
    pair = await startPair(() => undefined, begun, { keepaliveInterval });
    const asked: string[] = [];
    const { _protocol: protocol } = pair.connection as unknown as Heard;
    const answer = protocol._handlers.GLOBAL_REQUEST;
    protocol._handlers.GLOBAL_REQUEST = (...args) => {
      asked.push(args[1]);
      answer(...args);
    };
    // With somebody to hear them, ssh2's server says yes to some requests, and no to this one.
    pair.connection.on('request', () => undefined);
    return { pair, asked, ask };
  }

  it('asks by itself where it is left alone', async () => {
    const { asked } = await start(false, 20);
    await until('it asks', () => asked.length > 1);
    expect(new Set(asked)).toEqual(new Set(['keepalive@openssh.com']));
  });

  it('does not once it is taken over, and asks when it is told to', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const { asked, ask } = await start(true, 20);
    vi.advanceTimersByTime(1_000);
    for (let i = 1; i <= 3; i++) {
      ask();
      await until('it is asked', () => asked.length >= i);
    }
    expect(asked).toHaveLength(3);
    expect(new Set(asked)).toEqual(new Set(['keepalive@openssh.com']));
  });

  it('leaves every other answer to whom it belongs, and nothing to an end', async () => {
    const { pair: running, asked, ask } = await start(true);
    const { client } = running;
    const answers: unknown[] = [];
    ask();
    client.openssh_noMoreSessions((refused) => answers.push(refused instanceof Error));
    ask();
    client.openssh_noMoreSessions((refused) => answers.push(refused instanceof Error));
    await until('both are answered', () => answers.length === 2);
    // Each question for a sign of life has its no, and each of the others its yes.
    expect(answers).toEqual([false, false]);
    expect(asked).toHaveLength(4);
    await running.session.end();
    expect(ask).not.toThrow();
  });
});
