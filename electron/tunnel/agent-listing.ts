import { connect } from 'node:net';

/** An agent that holds more than this was not made for a person. In bytes. */
const LARGEST_ANSWER = 1024 * 1024;
const REQUEST_IDENTITIES = 11;
const IDENTITIES_ANSWER = 12;
/** It may have to be unlocked first. */
const LISTING_TIMEOUT_MS = 60_000;

/** A key as an agent tells of it, whatever its type. */
export interface ListedKey {
  /** Such as `ssh-ed25519` or `sk-ssh-ed25519@openssh.com`. */
  readonly type: string;
  readonly blob: Buffer;
  readonly comment: string;
}

/** An agent keeps silent. It may have asked a person something, and nobody was there. */
export class AgentSilence extends Error {
  constructor() {
    super('the agent did not answer');
  }
}

/**
 * Asks an agent what it holds (draft-ietf-sshm-ssh-agent, 3.5), which is more than ssh2 tells: that leaves out what it
 * does not know, certificates and security keys among it.
 *
 * @param socket a socket's path or a named pipe
 * @throws Error when the agent is not there, does not answer within a minute or answers something else
 */
export function listAgent(socket: string): Promise<readonly ListedKey[]> {
  return new Promise((resolve, reject) => {
    const line = connect(socket, () => line.write(Buffer.from([0, 0, 0, 1, REQUEST_IDENTITIES])));
    let answer: Buffer = Buffer.alloc(0);
    const timer = setTimeout(() => fail(new AgentSilence()), LISTING_TIMEOUT_MS);
    const end = () => {
      clearTimeout(timer);
      line.destroy();
    };
    const fail = (error: Error) => {
      end();
      reject(error);
    };
    line.on('error', fail);
    line.on('close', () => fail(new Error('the agent hung up')));
    line.on('data', (bytes: Buffer) => {
      answer = Buffer.concat([answer, bytes]);
      if (answer.length < 4) return;
      const length = answer.readUInt32BE(0);
      if (length > LARGEST_ANSWER) fail(new Error('the agent’s answer is too long'));
      if (length > LARGEST_ANSWER || answer.length < 4 + length) return;
      end();
      const keys = parseListing(answer.subarray(4, 4 + length));
      if (keys === null) reject(new Error('the agent gave no list of keys'));
      else resolve(keys);
    });
  });
}

/** Takes an answer apart; null when it is none. */
export function parseListing(answer: Buffer): readonly ListedKey[] | null {
  if (answer.length < 5 || answer[0] !== IDENTITIES_ANSWER) return null;
  const keys: ListedKey[] = [];
  let at = 5;
  const field = (): Buffer | null => {
    if (at + 4 > answer.length) return null;
    const start = at + 4;
    at = start + answer.readUInt32BE(at);
    return at > answer.length ? null : answer.subarray(start, at);
  };
  for (let left = answer.readUInt32BE(1); left > 0; left--) {
    const blob = field();
    const comment = field();
    if (blob === null || comment === null || blob.length < 4) return null;
    const type = blob.toString('latin1', 4, 4 + blob.readUInt32BE(0));
    keys.push({ type, blob: Buffer.from(blob), comment: comment.toString() });
  }
  return keys;
}
