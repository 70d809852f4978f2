/**
 * The mail programs of the bench: a process of its own, so that it can live at the client's end of a slow line. It is
 * told what to do over its IPC channel, as `{ id, task, ...options }`, and answers `{ id, result }` or `{ id, error }`.
 * Times are milliseconds of the monotonic clock, which all processes of a machine share.
 */
import { connect } from 'node:net';

const BLOCK = Buffer.alloc(256 * 1024, 'Mailmole');
/** What is kept open until `release`. */
const held = new Set();
/** A connection of a burst that has no greeting by then, in milliseconds, has failed. */
const BURST_MS = 20_000;

const now = () => Number(process.hrtime.bigint()) / 1e6;

/** A connection whose greeting has come, with what is needed to go on with it. */
function open(port) {
  return new Promise((resolve, reject) => {
    const began = now();
    const socket = connect({ host: '127.0.0.1', port, noDelay: true });
    held.add(socket);
    socket.once('error', reject);
    socket.once('close', () => reject(new Error('closed before it greeted')));
    socket.once('data', (bytes) => {
      const at = now();
      socket.pause();
      const text = bytes.toString('latin1');
      if (text.startsWith('+OK')) resolve({ socket, ms: at - began, at });
      else reject(new Error(`no greeting but ${text.trim()}`));
    });
  });
}

/** Not every connection that is lost in a burst is told so. */
function within(promise, ms) {
  return Promise.race([
    promise,
    new Promise((_, reject) => setTimeout(() => reject(new Error('late')), ms).unref()),
  ]);
}

function close(socket) {
  held.delete(socket);
  socket.destroy();
}

/** Reads lines; `line()` gives the next one, and counts bytes. */
function reader(socket) {
  let text = '';
  let wake = () => undefined;
  const state = { bytes: 0 };
  socket.setEncoding('latin1').on('data', (more) => {
    text += more;
    state.bytes += more.length;
    wake();
  });
  socket.once('close', () => wake());
  socket.resume();
  state.take = async (end) => {
    for (;;) {
      const at = text.indexOf(end);
      if (at >= 0) {
        const taken = text.slice(0, at + end.length);
        text = text.slice(at + end.length);
        return taken;
      }
      if (socket.destroyed) throw new Error('the connection was lost');
      await new Promise((resolve) => (wake = resolve));
    }
  };
  return state;
}

const tasks = {
  /** One greeting: how long it took, and when it came. */
  async greet({ port }) {
    const { socket, ms, at } = await open(port);
    close(socket);
    return { ms, at };
  },

  /** A whole POP3 session: `window` 1 sends a command at a time, more sends ahead. */
  async pop3({ port, user, password, messages, window }) {
    const began = now();
    const { socket } = await open(port);
    const lines = reader(socket);
    const ask = async (command, end = '\r\n') => {
      socket.write(`${command}\r\n`);
      const answer = await lines.take(end);
      if (!answer.startsWith('+OK')) throw new Error(`${command}: ${answer}`);
    };
    await ask(`USER ${user}`);
    await ask(`PASS ${password}`);
    await ask('STAT');
    await ask('UIDL', '\r\n.\r\n');
    await ask('LIST', '\r\n.\r\n');
    let sent = 0;
    for (let got = 0; got < messages; got++) {
      let commands = '';
      while (sent < Math.min(messages, got + window)) commands += `RETR ${++sent}\r\n`;
      if (commands !== '') socket.write(commands);
      await lines.take('\r\n.\r\n');
    }
    await ask('QUIT');
    close(socket);
    return { ms: now() - began, bytes: lines.bytes };
  },

  /** Bytes from the mail server, read into one buffer and thrown away. */
  async down({ port, bytes }) {
    const buffer = Buffer.alloc(256 * 1024);
    return new Promise((resolve, reject) => {
      let began = 0;
      let got = 0;
      const onread = {
        buffer,
        callback(length) {
          if (began === 0) {
            began = now();
            socket.write(`SEND ${bytes}\r\n`);
            return true;
          }
          got += length;
          if (got >= bytes) {
            resolve({ ms: now() - began });
            close(socket);
          }
          return true;
        },
      };
      const socket = connect({ host: '127.0.0.1', port, noDelay: true, onread });
      socket.once('error', reject);
      socket.once('close', () => reject(new Error(`closed after ${got} of ${bytes} bytes`)));
    });
  },

  /** Bytes to the mail server, until it says that it has them all. */
  async up({ port, bytes }) {
    const { socket } = await open(port);
    const lines = reader(socket);
    socket.write(`SINK ${bytes}\r\n`);
    await lines.take('\r\n');
    const began = now();
    await pour(socket, bytes);
    await lines.take('\r\n');
    close(socket);
    return { ms: now() - began };
  },

  /** The same, but only begun: it goes on until `release`. */
  async keepSending({ port, bytes }) {
    const { socket } = await open(port);
    const lines = reader(socket);
    socket.write(`SINK ${bytes}\r\n`);
    await lines.take('\r\n');
    pour(socket, bytes).catch(() => undefined);
    return {};
  },

  /** Many at once; those that greeted stay open until `release`. */
  async burst({ port, count }) {
    const began = now();
    const all = await Promise.allSettled(
      Array.from({ length: count }, () => within(open(port), BURST_MS)),
    );
    const failed = all.filter(({ status }) => status === 'rejected').length;
    return { ms: now() - began, failed };
  },

  /** Asks for bytes and never reads them. */
  async neverRead({ port, bytes }) {
    const { socket } = await open(port);
    socket.write(`SEND ${bytes}\r\n`);
    return {};
  },

  /** Many connections that stay open, each greeted. */
  async hold({ port, count }) {
    await Promise.all(Array.from({ length: count }, () => open(port)));
    return {};
  },

  /** Uploads on all that is held, each with a command in front; they go on until `release`. */
  async uploadAll({ command }) {
    for (const socket of held) {
      socket.write(`${command}\r\n`);
      pour(socket, 64 * 1024 * 1024).catch(() => undefined);
    }
    return {};
  },

  async release() {
    for (const socket of held) socket.resetAndDestroy();
    held.clear();
    return {};
  },
};

/** Writes so many bytes, never more than the socket takes. */
async function pour(socket, bytes) {
  for (let left = bytes; left > 0; left -= BLOCK.length) {
    const block = left < BLOCK.length ? BLOCK.subarray(0, left) : BLOCK;
    if (socket.write(block)) continue;
    await new Promise((resolve, reject) => {
      const lost = () => reject(new Error('the connection was lost'));
      socket.once('close', lost);
      socket.once('drain', () => {
        socket.off('close', lost);
        resolve();
      });
    });
  }
}

process.on('message', ({ id, task, ...options }) => {
  tasks[task](options).then(
    (result) => process.send({ id, result }),
    (error) => process.send({ id, error: error.message }),
  );
});
process.on('disconnect', () => process.exit(0));
