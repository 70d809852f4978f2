import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { coalesced } from '../../../electron/tunnel/coalesced';
import { Doorkeeper } from '../../../electron/tunnel/doorkeeper';
import { ownerIn, peerOwner, tableOf, type PeerOwner } from '../../../electron/tunnel/peer-owner';
import type { TcpEntry } from '../../../electron/tunnel/proc-net';
import { until } from '../../world/wait';
import { closeLocals, localPair, type LocalPair } from './ssh-pair';
import { forwardOf } from './stand-ins';

const ends = {
  localAddress: '127.0.0.1',
  localPort: 11_110,
  remoteAddress: '127.0.0.1',
  remotePort: 40_000,
  destroyed: false,
};

function entry(localPort: number, remotePort: number, more: Partial<TcpEntry> = {}): TcpEntry {
  const address = '127.0.0.1';
  const listening = false;
  const both = { localAddress: address, remoteAddress: address };
  return { ...both, localPort, remotePort, listening, uid: 1000, inode: '7', ...more };
}

describe('the other end of a connection', () => {
  const ours = entry(11_110, 40_000);
  const among = (...theirs: TcpEntry[]) => ownerIn(tableOf([ours, ...theirs]), ends, 1000);

  it('is the same user’s, or another’s', () => {
    expect(among(entry(40_000, 11_110))).toEqual({ kind: 'same-user' });
    expect(among(entry(40_000, 11_110, { uid: 0 }))).toEqual({ kind: 'other-user', uid: 0 });
  });

  it('is told by both ports and addresses, not by some', () => {
    const others = [
      entry(40_000, 11_111, { uid: 1 }),
      entry(40_001, 11_110, { uid: 2 }),
      entry(40_000, 11_110, { uid: 3, localAddress: '127.0.0.2' }),
      entry(40_000, 11_110, { uid: 4, remoteAddress: '127.0.0.2' }),
    ];
    expect(among(...others)).toEqual({ kind: 'gone' });
    expect(among(...others, entry(40_000, 11_110))).toEqual({ kind: 'same-user' });
  });

  it('is gone when no process holds it, whosever it seems to be then', () => {
    expect(among(entry(40_000, 11_110, { uid: 0, inode: '0' }))).toEqual({ kind: 'gone' });
    const socket = { ...ends, destroyed: true };
    expect(ownerIn(tableOf([ours, entry(40_000, 11_110)]), socket, 1000)).toEqual({ kind: 'gone' });
  });

  it('is unknown where the list does not even hold our own end', () => {
    expect(ownerIn(tableOf([]), ends, 1000)).toEqual({ kind: 'unknown' });
    const theirs = entry(40_000, 11_110, { uid: 5 });
    expect(ownerIn(tableOf([theirs]), ends, 1000)).toEqual({ kind: 'unknown' });
  });

  it.runIf(process.platform === 'linux')('that has closed is told by the system', async () => {
    const server = createServer({ pauseOnConnect: true }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const accepted = once(server, 'connection');
    const program = connect((server.address() as AddressInfo).port, '127.0.0.1');
    const [socket] = (await accepted) as [Socket];
    program.end('QUIT\r\n');
    program.destroy();
    await until('it is seen', async () => (await peerOwner(socket)).kind === 'gone');
    socket.destroy();
    server.close();
  });
});

describe('work that many share', () => {
  it('is begun anew only for those who came while it was running, and once for all of them', async () => {
    const runs: ((value: number) => void)[] = [];
    const shared = coalesced(() => new Promise<number>((resolve) => runs.push(resolve)));
    const first = shared();
    const later = Array.from({ length: 1000 }, () => shared());
    expect(runs).toHaveLength(1);
    runs[0]?.(1);
    expect(await first).toBe(1);
    await until('the second run has begun', () => runs.length === 2);
    const last = shared();
    runs[1]?.(2);
    expect(new Set(await Promise.all(later))).toEqual(new Set([2]));
    await until('the third run has begun', () => runs.length === 3);
    runs[2]?.(3);
    expect(await last).toBe(3);
    expect(runs).toHaveLength(3);
  });

  it('that fails is begun again for the next', async () => {
    let runs = 0;
    const shared = coalesced(() => Promise.reject(new Error(`run ${++runs}`)));
    const [first, second] = [shared(), shared()];
    await expect(first).rejects.toThrow('run 1');
    await expect(second).rejects.toThrow('run 2');
    await expect(shared()).rejects.toThrow('run 3');
  });
});

describe('the door to a forward', () => {
  afterEach(closeLocals);

  function door(owner: (count: number) => PeerOwner | Promise<PeerOwner>) {
    const admitted: Socket[] = [];
    const lines: string[] = [];
    let count = 0;
    const keeper = new Doorkeeper({
      admit: (socket) => admitted.push(socket),
      log: (_level, text) => lines.push(text),
      ownerOf: async () => owner(++count),
    });
    return { keeper, admitted, lines };
  }

  async function heard(pair: LocalPair): Promise<[string | null, string]> {
    await until('it ended', () => pair.ended() !== null);
    return [pair.ended(), pair.got().toString()];
  }

  it('is open to the same user, who is not read before', async () => {
    let tell: (owner: PeerOwner) => void = () => undefined;
    const { keeper, admitted } = door(() => new Promise((resolve) => (tell = resolve)));
    const pair = await localPair();
    keeper.arrived(pair.local, forwardOf());
    pair.program.write('USER me\r\n');
    await until('it was sent', () => pair.program.bytesWritten === 9);
    expect(admitted).toEqual([]);
    tell({ kind: 'same-user' });
    await until('it is in', () => admitted.length === 1);
    expect(pair.local.isPaused()).toBe(true);
  });

  it('tells another user why it is closed, or resets where no words fit', async () => {
    const { keeper, admitted, lines } = door(() => ({ kind: 'other-user', uid: 65_534 }));
    const [plain, tls] = [await localPair(), await localPair()];
    keeper.arrived(plain.local, forwardOf({ protocol: 'imap' }));
    keeper.arrived(tls.local, forwardOf({ protocol: 'imaps' }));
    const words = '* BYE Mailmole: only the user who runs Mailmole may use this port\r\n';
    expect(await heard(plain)).toEqual(['end', words]);
    expect(await heard(tls)).toEqual(['ECONNRESET', '']);
    expect(admitted).toEqual([]);
    expect(lines).toEqual(['port 11110: refused connections of user 65534']);
  });

  it('is open where the system does not tell, or fails to, and says so once', async () => {
    const { keeper, admitted, lines } = door((count) => {
      if (count === 2) throw new Error('no such file');
      return { kind: 'unknown' };
    });
    for (let i = 0; i < 3; i++) keeper.arrived((await localPair()).local, forwardOf());
    await until('all are in', () => admitted.length === 3);
    expect(lines).toEqual(['whose program connects is not checked: this system does not tell']);
  });

  it('resets who is gone, and everybody who waits there when the port is given up', async () => {
    const { keeper, admitted } = door((count) =>
      count === 1 ? { kind: 'gone' } : new Promise<PeerOwner>(() => undefined),
    );
    const [gone, waiting] = [await localPair(), await localPair()];
    keeper.arrived(gone.local, forwardOf());
    expect((await heard(gone))[0]).toBe('ECONNRESET');
    keeper.arrived(waiting.local, forwardOf());
    keeper.turnAll();
    expect((await heard(waiting))[0]).toBe('ECONNRESET');
    expect(admitted).toEqual([]);
  });
});
