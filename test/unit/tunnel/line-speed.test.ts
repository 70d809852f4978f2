import { describe, expect, it } from 'vitest';
import { LineSpeed } from '../../../electron/tunnel/line-speed';
import {
  GATE_LIMIT,
  SendGate,
  SLOW_GATE_LIMIT,
  type GateSocket,
} from '../../../electron/tunnel/send-gate';

const KB = 1024;

/** Sends without a pause for some seconds, in waits of `stepMs`, and gives the clock and the count on. */
function send(
  speed: LineSpeed,
  from: { at: number; sent: number },
  perSecond: number,
  seconds: number,
  stepMs: number,
): { at: number; sent: number } {
  let { at, sent } = from;
  for (const end = at + seconds * 1000; at < end;) {
    speed.waitBegins(at, sent);
    at += stepMs;
    sent += (perSecond * stepMs) / 1000;
    speed.waitEnds(at, sent);
  }
  return { at, sent };
}

describe('the speed of a line', () => {
  it.each([
    [7_000, 400, true],
    [125_000, 50, true],
    [510_000, 50, true],
    [510_000, 5_000, true],
    [520_000, 50, false],
    [520_000, 5_000, false],
    [10_000_000, 1, false],
  ])('of %i bytes a second, seen every %i ms, is slow: %s', (perSecond, stepMs, slow) => {
    const speed = new LineSpeed();
    send(speed, { at: 5, sent: 77 }, perSecond, 12, stepMs);
    expect(speed.isSlow).toBe(slow);
  });

  it('has to be twice as high before a slow line counts as none', () => {
    const speed = new LineSpeed();
    let now = send(speed, { at: 0, sent: 0 }, 300_000, 3, 100);
    expect(speed.isSlow).toBe(true);
    now = send(speed, now, 1_000_000, 5, 100);
    expect(speed.isSlow).toBe(true);
    now = send(speed, now, 1_100_000, 5, 100);
    expect(speed.isSlow).toBe(false);
    send(speed, now, 600_000, 5, 100);
    expect(speed.isSlow).toBe(false);
  });

  it('is not judged by gulps, nor by the time in which nobody sent', () => {
    const speed = new LineSpeed();
    let at = 0;
    let sent = 0;
    // The kernel takes 60 KB at once, then nothing for 3 s: 20 KB a second.
    for (let gulp = 0; gulp < 4; gulp++) {
      for (const ms of [1, 1, 3_000]) {
        speed.waitBegins(at, sent);
        at += ms;
        sent += 20_000;
        speed.waitEnds(at, sent);
      }
    }
    expect(speed.isSlow).toBe(true);
    const quick = new LineSpeed();
    for (let mail = 0; mail < 10; mail++) {
      quick.waitBegins(mail * 60_000, mail * 20_000);
      quick.waitEnds(mail * 60_000 + 20, mail * 20_000 + 20_000);
    }
    expect(quick.isSlow).toBe(false);
  });
});

/** A socket whose line takes bytes at a speed of our own; time passes only when it sends. */
class SlowSocket implements GateSocket {
  writable = true;
  writableLength = 0;
  clock = 0;
  written = 0;
  readonly #callbacks: { at: number; call: (error: Error | null) => void }[] = [];

  write(chunk: Buffer | string, call: (error: Error | null) => void = () => undefined): void {
    this.writableLength += chunk.length;
    this.written += chunk.length;
    this.#callbacks.push({ at: this.written, call });
  }

  send(bytes: number, perSecond: number): void {
    this.clock += (bytes / perSecond) * 1000;
    this.writableLength -= bytes;
    const sent = this.written - this.writableLength;
    const due = this.#callbacks.filter(({ at }) => at <= sent);
    this.#callbacks.splice(0, due.length);
    for (const { call } of due) call(null);
  }

  fail(): void {
    this.writable = false;
    for (const { call } of this.#callbacks.splice(0)) call(new Error('gone'));
  }
}

describe('the gate on a slow line', () => {
  /** Fills the gate, and sends until it opens; how much waited. */
  function round(socket: SlowSocket, gate: SendGate, perSecond: number): number {
    while (gate.isOpen) socket.write(Buffer.alloc(8 * KB));
    const waited = socket.writableLength;
    let opened = false;
    gate.whenOpen(() => (opened = true));
    while (socket.writableLength > 0) socket.send(2 * KB, perSecond);
    expect(opened).toBe(true);
    expect(gate.waiting).toBe(0);
    return waited;
  }

  it('closes sooner, and later again when the line is better', () => {
    const socket = new SlowSocket();
    const gate = new SendGate(socket, () => socket.clock);
    expect(gate.limit).toBe(GATE_LIMIT);
    expect(round(socket, gate, 16_000)).toBe(72 * KB);
    expect(gate.limit).toBe(SLOW_GATE_LIMIT);
    expect(round(socket, gate, 16_000)).toBe(8 * KB);
    for (let i = 0; i < 400; i++) round(socket, gate, 2_000_000);
    expect(gate.limit).toBe(GATE_LIMIT);
    expect(round(socket, gate, 2_000_000)).toBe(72 * KB);
  });

  it('opens for everybody in turn, and closes again behind one who fills it', () => {
    const socket = new SlowSocket();
    const gate = new SendGate(socket, () => socket.clock);
    const order: number[] = [];
    socket.write(Buffer.alloc(GATE_LIMIT + 1));
    gate.whenOpen(() => {
      order.push(1);
      socket.write(Buffer.alloc(GATE_LIMIT + 1));
    });
    for (const n of [2, 3]) gate.whenOpen(() => order.push(n));
    socket.send(GATE_LIMIT + 1, 1_000_000);
    expect(order).toEqual([1]);
    expect(gate.waiting).toBe(2);
    socket.send(GATE_LIMIT + 1, 1_000_000);
    expect(order).toEqual([1, 2, 3]);
  });

  it('lets nobody through any more when the socket fails or ends', () => {
    const socket = new SlowSocket();
    const gate = new SendGate(socket, () => socket.clock);
    socket.write(Buffer.alloc(GATE_LIMIT + 1));
    const nobody = () => expect.unreachable('let through');
    gate.whenOpen(nobody);
    socket.fail();
    const before = socket.written;
    gate.whenOpen(nobody);
    expect(socket.written).toBe(before);
  });
});
