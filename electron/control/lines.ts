import type { Socket } from 'node:net';

/** A line longer than this, in characters, is no request. */
export const LONGEST_LINE = 1024 * 1024;

/**
 * Cuts what comes over a socket into lines, one JSON document each. An empty line is nothing; one that is too long
 * ends the connection.
 */
export function readLines(socket: Socket, heard: (line: string) => void): void {
  let rest = '';
  socket.setEncoding('utf8');
  socket.on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line.trim() !== '' && !socket.destroyed) heard(line);
    if (rest.length > LONGEST_LINE) socket.destroy();
  });
}

/** Parses a line; undefined when it is no JSON. */
export function parseLine(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return undefined;
  }
}

/** Sends a document as one line. JSON has no line break outside its texts, and writes those inside as `\n`. */
export function sendLine(socket: Socket, document: unknown): void {
  if (socket.writable) socket.write(`${JSON.stringify(document)}\n`);
}
