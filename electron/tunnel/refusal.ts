import type { Socket } from 'node:net';
import type { Forward } from '../shared/account';
import { refusalLine } from './greeting';

/** A mail program that was refused is read and waited for this long, in milliseconds, so that it gets the words. */
const FAREWELL_MS = 5_000;

/** Says why in the mail program's own protocol and closes; where no words fit, resets. */
export function refuse(socket: Socket, forward: Forward, reason: string): void {
  const line = refusalLine(forward, reason);
  if (line === null || socket.destroyed) {
    socket.resetAndDestroy();
    return;
  }
  socket.end(line);
  // What it still says is of no interest, but must be read: what is left unread would make the end a reset.
  socket.resume();
  const timer = setTimeout(() => socket.destroy(), FAREWELL_MS);
  socket.once('close', () => clearTimeout(timer));
}
