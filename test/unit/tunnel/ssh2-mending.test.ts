import ssh2, { type ParsedKey } from 'ssh2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { preferSha512, withoutSha1Proofs } from '../../../electron/tunnel/ssh2-mending';
import { makeWorldFolder, type WorldFolder } from '../../world/world-folder';
import { dial, startAuthServer, type AuthServer } from './auth-server';
import { personWho } from './stand-ins';

const generated = ssh2.utils.generateKeyPairSync('rsa', { bits: 2048 });
const rsa = ssh2.utils.parseKey(generated.private) as ParsedKey;

const steps = [{ kind: 'password' }] as const;

/** What of ssh2's inside (1.17.0) hears a server. */
interface ClientProtocol {
  readonly _kex: { readonly sessionID: Buffer };
  readonly _handlers: {
    GLOBAL_REQUEST(
      protocol: unknown,
      name: string,
      wantReply: boolean,
      keys: readonly ParsedKey[],
    ): void;
    REQUEST_SUCCESS(protocol: unknown, data: Buffer): void;
  };
}

const field = (bytes: Buffer | string): Buffer => {
  const body = Buffer.from(bytes);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(body.length);
  return Buffer.concat([length, body]);
};

describe('the way an RSA key signs', () => {
  it.each([
    [
      ['ssh-ed25519', 'rsa-sha2-256', 'rsa-sha2-512'],
      ['ssh-ed25519', 'rsa-sha2-512'],
    ],
    [['rsa-sha2-512'], ['rsa-sha2-512']],
    [
      ['rsa-sha2-256', 'ssh-rsa'],
      ['rsa-sha2-256', 'ssh-rsa'],
    ],
    [['ssh-rsa'], ['ssh-rsa']],
    [[], []],
  ])('of %j is chosen from %j', (told, left) => {
    expect(preferSha512(told)).toEqual(left);
  });
});

describe('the answer of a server that proves its keys', () => {
  const signature = (type: string) => field(Buffer.concat([field(type), field('signature')]));

  it('loses SHA-1 signatures, and nothing else', () => {
    const good = [signature('ssh-ed25519'), signature('rsa-sha2-512')];
    const [one = Buffer.alloc(0), two = Buffer.alloc(0)] = good;
    expect(withoutSha1Proofs(Buffer.concat(good))).toEqual(Buffer.concat(good));
    const changed = withoutSha1Proofs(Buffer.concat([one, signature('ssh-rsa'), two]));
    expect(changed).toEqual(Buffer.concat([one, signature('not-rsa'), two]));
  });

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['half a length', Buffer.alloc(3)],
    ['a length and no more', field('').subarray(0, 4)],
    ['a length beyond its end', Buffer.from('fffffff0000000077373682d727361', 'hex')],
    ['many empty fields', Buffer.alloc(64)],
  ])('may be %s', (_what, answer) => {
    expect(withoutSha1Proofs(answer)).toHaveLength(answer.length);
  });
});

describe('a server with a second key', () => {
  let server: AuthServer | null = null;
  let folder: WorldFolder;
  beforeAll(async () => {
    folder = await makeWorldFolder('proofs');
  });
  afterAll(async () => {
    server?.stop();
    await folder.remove();
  });

  /** How many keys ssh2 takes as proved when its server tells of an RSA key and signs with this hash. */
  async function proved(algorithm: string, hash: string, oldServer: boolean): Promise<number> {
    server = await startAuthServer({ ways: [], first: (context) => (context.accept(), true) });
    const knownHosts = [await folder.write('known_hosts', server.hostLine)];
    const { person } = personWho(() => ({ kind: 'secret', secret: 's' }));
    const session = await dial({
      port: server.port,
      person,
      knownHosts,
      steps,
      plan: { oldServer },
    });
    const { client } = session;
    const keys = new Promise<number>((resolve) =>
      client.once('hostkeys', (all) => resolve(all.length)),
    );
    const { _protocol: protocol } = client as unknown as { _protocol: ClientProtocol };
    const { _handlers: handlers, _kex: kex } = protocol;
    // ssh2 as a server has no second key to tell of, so its words are put in the client's mouth.
    handlers.GLOBAL_REQUEST(protocol, 'hostkeys-00@openssh.com', false, [rsa]);
    const [name, id, key] = ['hostkeys-prove-00@openssh.com', kex.sessionID, rsa.getPublicSSH()];
    const signature = rsa.sign(Buffer.concat([field(name), field(id), field(key)]), hash);
    if (signature instanceof Error) throw signature;
    const proof = field(Buffer.concat([field(algorithm), field(signature)]));
    handlers.REQUEST_SUCCESS(protocol, proof);
    const count = await keys;
    await session.end();
    server.stop();
    return count;
  }

  it.each([
    ['rsa-sha2-512', 'sha512', false, 1],
    ['rsa-sha2-256', 'sha256', false, 1],
    ['ssh-rsa', 'sha1', false, 0],
    ['ssh-rsa', 'sha1', true, 1],
  ] as const)('that proves it by %s (old server: %s %s): %i', async (name, hash, old, count) => {
    expect(await proved(name, hash, old)).toBe(count);
  });
});
