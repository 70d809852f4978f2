/**
 * What stands in for mail servers where the line is measured and not the mailbox: it greets as a POP3 server does and
 * obeys one command: SEND n gives n bytes, SINK n takes n bytes and says so, DEAF reads nothing any more, QUIT hangs up. Prints its port. Run with: node target.mjs
 */
import { createServer } from 'node:net';

const BLOCK = Buffer.alloc(256 * 1024);
for (let i = 0, x = 1; i < BLOCK.length; i++) {
  x = (Math.imul(x, 1103515245) + 12345) >>> 0;
  BLOCK[i] = x >>> 16;
}

/** @param {import('node:net').Socket} socket */
function serve(socket) {
  socket.on('error', () => socket.destroy());
  socket.write('+OK bench ready\r\n');
  let text = '';
  socket.on('data', function listen(bytes) {
    text += bytes.toString('latin1');
    if (!text.includes('\n')) return;
    socket.off('data', listen);
    const [command, amount] = text.trim().split(' ');
    obey(socket, command, Number(amount));
  });
}

/**
 * @param {import('node:net').Socket} socket
 * @param {string} command
 * @param {number} amount
 */
function obey(socket, command, amount) {
  if (command === 'SEND') send(socket, amount);
  else if (command === 'SINK') sink(socket, amount);
  else if (command === 'DEAF') socket.pause();
  else socket.end('+OK bye\r\n');
}

/**
 * @param {import('node:net').Socket} socket
 * @param {number} amount
 */
function send(socket, amount) {
  let left = amount;
  const more = () => {
    while (left > 0) {
      const block = left < BLOCK.length ? BLOCK.subarray(0, left) : BLOCK;
      left -= block.length;
      if (!socket.write(block)) return void socket.once('drain', more);
    }
  };
  more();
}

/**
 * @param {import('node:net').Socket} socket
 * @param {number} amount
 */
function sink(socket, amount) {
  let got = 0;
  socket.write('+OK\r\n');
  socket.on('data', (bytes) => {
    got += bytes.length;
    if (got >= amount) socket.write(`+OK ${got}\r\n`);
  });
}

const server = createServer({ noDelay: true, allowHalfOpen: false }, serve);
server.listen({ host: '127.0.0.1', port: 0, backlog: 4096 }, () => {
  process.stdout.write(`${server.address().port}\n`);
});
process.stdin.resume().on('end', () => process.exit(0));
