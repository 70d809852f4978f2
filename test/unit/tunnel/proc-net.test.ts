import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { connect } from 'node:net';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { peerOwner } from '../../../electron/tunnel/peer-owner';
import {
  holderOf,
  parseProcNet,
  tcpSocketBetween,
  tcpSockets,
} from '../../../electron/tunnel/proc-net';

const onLinux = process.platform === 'linux';

describe('/proc/net/tcp', () => {
  it('is read word by word in the order the kernel prints', () => {
    const text = [
      '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode',
      '   0: 0100007F:2B66 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 4711 1',
      '   1: 0000000000000000FFFF00000100007F:0050 0000000000000000FFFF00000200007F:C000 01 0:0 0:0 0 0 0 12 1',
      '   2: 00000000000000000000000001000000:2B66 00000000000000000000000000000000:0000 0A 0:0 0:0 0 5 0 13 1',
      'not a line',
    ].join('\n');
    expect(parseProcNet(text)).toEqual([
      {
        localAddress: '127.0.0.1',
        localPort: 11110,
        remoteAddress: '0.0.0.0',
        remotePort: 0,
        listening: true,
        uid: 1000,
        inode: '4711',
      },
      expect.objectContaining({ localAddress: '127.0.0.1', remoteAddress: '127.0.0.2', uid: 0 }),
      expect.objectContaining({
        localAddress: '::1',
        remoteAddress: '::',
        listening: true,
        uid: 5,
      }),
    ]);
  });

  it.runIf(onLinux).each(['127.0.0.1', '::1'])('names who listens on %s', async (host) => {
    const server = createServer();
    server.listen(0, host);
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    expect(await holderOf(host, port)).toMatch(/node|vitest|MainThread/i);
    server.close();
    await once(server, 'close');
    expect(await holderOf(host, port)).toBeNull();
  });

  it.runIf(onLinux).each(['127.0.0.1', '::1'])(
    'finds the user at the other end on %s',
    async (host) => {
      const server = createServer();
      server.listen(0, host);
      await once(server, 'listening');
      const { port } = server.address() as AddressInfo;
      const accepted = once(server, 'connection');
      const client = connect(port, host);
      const [socket] = (await accepted) as [Socket];
      expect(await peerOwner(socket)).toEqual({ kind: 'same-user' });
      client.destroy();
      socket.destroy();
      server.close();
    },
  );

  it.runIf(onLinux).each(['127.0.0.1', '::1'])(
    'gives one socket of many on %s as it gives all of them',
    async (host) => {
      const server = createServer().listen(0, host);
      await once(server, 'listening');
      const { port } = server.address() as AddressInfo;
      const clients: Socket[] = [];
      for (let i = 0; i < 60; i++) {
        const client = connect(port, host);
        await once(client, 'connect');
        clients.push(client);
      }
      const all = await tcpSockets();
      for (const client of clients) {
        const local = { address: host, port: client.localPort ?? 0 };
        const found = tcpSocketBetween(local, { address: host, port });
        expect(found).toEqual(
          all.find((one) => one.localPort === local.port && one.remotePort === port),
        );
        expect(found?.uid).toBe(process.getuid?.());
      }
      const [first] = clients;
      // Both ends count, and in this order.
      const from = { address: host, port: first?.localPort ?? 0 };
      expect(tcpSocketBetween(from, { address: host, port: 1 })).toBeNull();
      expect(tcpSocketBetween({ address: host, port: 1 }, { address: host, port })).toBeNull();
      expect(tcpSocketBetween({ ...from, address: '::2' }, from)).toBeNull();
      for (const client of clients) client.destroy();
      server.close();
    },
  );
});
