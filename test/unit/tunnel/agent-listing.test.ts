import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { parseListing } from '../../../electron/tunnel/agent-listing';
import { LimitedAgent } from '../../../electron/tunnel/agents';
import { makeWorldFolder } from '../../world/world-folder';
import { field } from './putty-keys';

/** An agent's answer with these types of keys. */
function listing(...types: readonly string[]): Buffer {
  const count = Buffer.alloc(4);
  count.writeUInt32BE(types.length);
  const keys = types.map((type) => [field(field(type)), field(`my ${type}`)]).flat();
  return Buffer.concat([Buffer.from([12]), count, ...keys]);
}

describe('what an agent says it holds', () => {
  it('is every key, whatever its type', () => {
    const types = ['ssh-ed25519', 'sk-ssh-ed25519@openssh.com', 'ssh-rsa-cert-v01@openssh.com'];
    const keys = parseListing(listing(...types));
    expect(keys?.map(({ type }) => type)).toEqual(types);
    expect(keys?.[1]?.comment).toBe('my sk-ssh-ed25519@openssh.com');
    expect(parseListing(listing())).toEqual([]);
  });

  it('is nothing when it is cut off anywhere, or no list', () => {
    const whole = listing('ssh-ed25519', 'ssh-rsa');
    for (let length = 0; length < whole.length; length++)
      expect(parseListing(whole.subarray(0, length)), String(length)).toBeNull();
    expect(parseListing(Buffer.from([5, 0, 0, 0, 0]))).toBeNull();
  });

  it.each([
    ['sk-ssh-ed25519@openssh.com', 'hardware-key'],
    ['ecdsa-sha2-nistp256-cert-v01@openssh.com', 'certificate'],
    ['ssh-dss', 'dsa'],
    ['ssh-future', 'unsupported'],
  ])('names %s as %s', async (type, why) => {
    const folder = await makeWorldFolder('agent');
    const server = createServer((socket) => {
      const answer = field(listing(type));
      // In two pieces, as a pipe may deliver it.
      socket.write(answer.subarray(0, 3));
      setImmediate(() => socket.end(answer.subarray(3)));
    });
    const socket = folder.file('socket');
    await new Promise<void>((resolve) => server.listen(socket, resolve));
    try {
      expect(await new LimitedAgent(socket).keys()).toMatchObject({
        usable: [],
        unusable: [{ why, comment: `my ${type}` }],
      });
    } finally {
      server.close();
      await folder.remove();
    }
  });
});
