import type { Duplex } from 'node:stream';

/**
 * Watches for a line from which nothing at all comes any more, whatever ssh2 makes of it: its keepalive (1.17.0) is
 * known to miss some dead ones. The watch goes by the last byte received and lets ssh2 be first: `onSilence` is called
 * once, between `count` + 1 and `count` + 2 intervals after that byte. Its one timer keeps the rhythm of the
 * keepalive. It counts intervals, not the clock, so that a sleep of the computer is not taken for a silence.
 *
 * @param socket what the SSH connection runs on; watched until it closes
 * @param keepalive an interval in milliseconds, 0 for no watch, and how many answers the server may owe
 */
export function watchSilence(
  socket: Duplex,
  { intervalMs, count }: { readonly intervalMs: number; readonly count: number },
  onSilence: () => void,
): void {
  if (intervalMs === 0 || socket.destroyed) return;
  let silent = 0;
  const onData = () => {
    silent = 0;
  };
  const stop = () => {
    clearInterval(timer);
    socket.off('data', onData).off('close', stop);
  };
  // The first of these intervals may have begun just before the last byte came.
  const timer = setInterval(() => {
    silent++;
    if (silent < count + 2) return;
    stop();
    onSilence();
  }, intervalMs);
  socket.on('data', onData).once('close', stop);
}
