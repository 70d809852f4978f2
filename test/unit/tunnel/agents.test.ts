import { describe, expect, it } from 'vitest';
import { OneKeyAgent } from '../../../electron/tunnel/agents';

/** Asks for a signature as ssh2 does; gives it as text, or the error. */
function signature(sha1: boolean, hash: string | undefined): Promise<string> {
  const sign = (data: Buffer, by: string | undefined) =>
    Promise.resolve(Buffer.from(`${data.toString()} by ${String(by)}`));
  const agent = new OneKeyAgent(Buffer.from('key'), sign, () => undefined, sha1);
  const options = (hash === undefined ? {} : { hash }) as { hash: 'sha256' };
  return new Promise((resolve) =>
    agent.sign('key', Buffer.from('data'), options, (error, signed) =>
      resolve(error?.message ?? String(signed)),
    ),
  );
}

describe('one key as an agent', () => {
  it.each([
    [false, undefined, 'data by undefined'],
    [false, 'sha256', 'data by sha256'],
    [false, 'sha512', 'data by sha512'],
    [false, 'sha1', 'the server knows no signature but ssh-rsa with SHA-1'],
    [true, 'sha1', 'data by sha1'],
    [true, 'sha256', 'data by sha256'],
  ] as const)('signs for an old server (%s) with %s', async (sha1, hash, expected) => {
    expect(await signature(sha1, hash)).toBe(expected);
  });
});
