import { createServer } from 'node:net';
import type { Socket } from 'node:net';

/** A mail server of the smallest kind: it takes everything and keeps what was sent completely. */
export interface LmtpSink {
  /**
   * The messages taken so far, in order, with CRLF line ends and without doubled dots. As every server
   * that delivers does, it has put the sender into a `Return-Path:` header on top.
   */
  messages(): readonly Buffer[];
  stop(): Promise<void>;
}

const END_OF_DATA = '\r\n.\r\n';

/**
 * Starts a sink on a local socket. It speaks LMTP (RFC 2033) as far as fetchmail needs it: on TCP the
 * way fetchmail writes its data costs 40 ms a message, since neither end acknowledges at once.
 */
export async function startLmtpSink(socketPath: string): Promise<LmtpSink> {
  const messages: Buffer[] = [];
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket)).on('error', () => undefined);
    serve(socket, messages);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(socketPath, resolve);
  });
  return {
    messages: () => messages,
    stop: async () => {
      for (const socket of open) socket.destroy();
      if (server.listening) await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Nobody is offered PIPELINING, so the end of the data is also the end of what has come in. */
function serve(socket: Socket, messages: Buffer[]): void {
  let command = '';
  let sender = '';
  let data: string[] | null = null;
  let tail = '';
  const takeData = (chunk: string, parts: string[]) => {
    parts.push(chunk);
    tail = `${tail}${chunk}`.slice(-END_OF_DATA.length);
    if (tail !== END_OF_DATA) return;
    const text = parts.join('').slice(0, -'.\r\n'.length).replaceAll('\r\n.', '\r\n');
    messages.push(Buffer.from(`Return-Path: ${sender}${text}`, 'latin1'));
    data = null;
    socket.write('250 taken\r\n');
  };
  // Latin-1 keeps every byte as one character.
  socket.setEncoding('latin1').write('220 sink.example.test LMTP\r\n');
  socket.on('data', (chunk: string) => {
    if (data !== null) {
      takeData(chunk, data);
      return;
    }
    command += chunk;
    if (!command.endsWith('\r\n')) return;
    sender = /^MAIL FROM:(<.*?>)/i.exec(command)?.[1] ?? sender;
    if (/^DATA\r\n$/i.test(command)) {
      // The line end before the data is part of every mark: of the end, and of a doubled dot.
      data = ['\r\n'];
      tail = '\r\n';
    }
    answer(socket, command);
    command = '';
  });
}

function answer(socket: Socket, command: string): void {
  const verb = command.slice(0, 4).toUpperCase();
  if (verb === 'DATA') socket.write('354 go ahead\r\n');
  else if (verb === 'LHLO') socket.write('250-sink.example.test\r\n250 8BITMIME\r\n');
  else if (verb === 'QUIT') socket.end('221 bye\r\n');
  else socket.write('250 ok\r\n');
}
