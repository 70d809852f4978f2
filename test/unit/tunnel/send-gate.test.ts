import { connect, createServer, type Socket } from 'node:net';
import { Writable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { corkPerTick, GATE_LIMIT, SendGate } from '../../../electron/tunnel/send-gate';
import { until } from '../../world/wait';
import { listen } from './ssh-pair';

let near: Socket;
let far: Socket;
let got: Buffer[] = [];

beforeEach(async () => {
  got = [];
  const server = createServer({ pauseOnConnect: true });
  const accepted = new Promise<Socket>((resolve) => server.once('connection', resolve));
  near = connect({ host: '127.0.0.1', port: await listen(server), noDelay: true });
  near.on('error', () => undefined);
  far = await accepted;
  far.on('error', () => undefined);
  far.on('data', (chunk: Buffer) => got.push(chunk));
  server.close();
});
afterEach(() => {
  near.destroy();
  far.destroy();
});

describe('the gate of one SSH connection', () => {
  /** Writes until the socket takes nothing more and `over` bytes wait in it. */
  async function clog(over: number): Promise<void> {
    while (near.writableLength < over) {
      near.write(Buffer.alloc(16 * 1024));
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  it('closes above its limit only, and lets everybody through once it has drained', async () => {
    const gate = new SendGate(near);
    expect(gate.isOpen).toBe(true);
    await clog(GATE_LIMIT);
    expect(gate.isOpen).toBe(near.writableLength <= GATE_LIMIT);
    await clog(GATE_LIMIT + 1);
    expect(gate.isOpen).toBe(false);
    const order: number[] = [];
    for (const n of [1, 2, 3]) gate.whenOpen(() => order.push(n));
    const leave = gate.whenOpen(() => order.push(4));
    expect(gate.waiting).toBe(4);
    leave();
    leave();
    expect(gate.waiting).toBe(3);
    expect(order).toEqual([]);
    far.resume();
    await until('all are through', () => order.length === 3);
    expect(order).toEqual([1, 2, 3]);
    expect(gate.waiting).toBe(0);
    expect(gate.isOpen).toBe(true);
  });

  it('stops letting through as soon as one of them fills it again', async () => {
    const gate = new SendGate(near);
    await clog(GATE_LIMIT + 1);
    const order: number[] = [];
    gate.whenOpen(() => {
      order.push(1);
      far.pause();
      near.write(Buffer.alloc(16 * 1024 * 1024));
    });
    gate.whenOpen(() => order.push(2));
    far.resume();
    await until('the first is through', () => order.length === 1);
    expect(gate.isOpen).toBe(false);
    expect(gate.waiting).toBe(1);
    far.resume();
    await until('the second is, too', () => order.length === 2);
  });
});

describe('a stream whose own mark lies above the limit', () => {
  it('asks for no drain, and opens the gate all the same', async () => {
    const held: (() => void)[] = [];
    const stream = new Writable({
      highWaterMark: 1024 * 1024,
      write: (_chunk, _encoding, done) => held.push(done),
    });
    let drained = false;
    stream.once('drain', () => (drained = true));
    const gate = new SendGate(stream);
    while (gate.isOpen) expect(stream.write(Buffer.alloc(16 * 1024))).toBe(true);
    let opened = false;
    gate.whenOpen(() => (opened = true));
    await until('it is open', () => {
      held.shift()?.();
      return opened;
    });
    expect(drained).toBe(false);
  });
});

describe('the writes of one tick', () => {
  it('go out as one, in order, and later ones by themselves', async () => {
    await until('connected', () => !near.connecting);
    corkPerTick(near);
    far.resume();
    for (const part of ['a', 'b', 'c']) near.write(part);
    expect(near.writableCorked).toBe(1);
    await until('they came', () => Buffer.concat(got).length === 3);
    expect(got.map(String)).toEqual(['abc']);
    expect(near.writableCorked).toBe(0);
    near.write('d');
    await until('the next came', () => Buffer.concat(got).length === 4);
    expect(got.map(String)).toEqual(['abc', 'd']);
  });

  it('keep call-backs, encodings and back-pressure as they were', async () => {
    await until('connected', () => !near.connecting);
    corkPerTick(near);
    far.resume();
    await new Promise<void>((resolve) => near.write('fc', 'hex', () => resolve()));
    await until('it came', () => got.length > 0);
    expect(Buffer.concat(got)).toEqual(Buffer.from([0xfc]));
    far.pause();
    expect(near.write(Buffer.alloc(1024 * 1024))).toBe(false);
  });

  it('before the connection is there, and at its end, are not lost', async () => {
    const server = createServer((socket) => socket.on('data', (chunk: Buffer) => got.push(chunk)));
    const early = connect({ host: '127.0.0.1', port: await listen(server) });
    corkPerTick(early);
    early.write('first');
    await until('it is there', () => Buffer.concat(got).toString() === 'first');
    early.write('last');
    early.end();
    await until('the end is there', () => Buffer.concat(got).toString() === 'firstlast');
    server.close();
  });
});
