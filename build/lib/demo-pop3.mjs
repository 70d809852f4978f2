/** As much of a mail program as it takes to fetch a mailbox by POP3 (RFC 1939), on a plain socket. */
import { connect } from 'node:net';

const SILENCE_MS = 20_000;

/**
 * @typedef {object} Fetched
 * @property {string} greeting
 * @property {Buffer[]} messages as the server has them
 */

/**
 * Fetches every message, and leaves them all on the server.
 * @param {{ host: string, port: number, user: string, password: string }} account
 * @returns {Promise<Fetched>}
 * @throws {Error} when the server refuses something, falls silent or breaks off
 */
export async function fetchMail({ host, port, user, password }) {
  const server = new Conversation(host, port);
  try {
    const greeting = await server.answer();
    await server.ask(`USER ${user}`);
    await server.ask(`PASS ${password}`);
    const [, count] = (await server.ask('STAT')).split(' ');
    const messages = [];
    for (let number = 1; number <= Number(count); number += 1) {
      await server.ask(`RETR ${number}`);
      messages.push(await server.message());
    }
    await server.ask('QUIT');
    return { greeting, messages };
  } finally {
    server.end();
  }
}

class Conversation {
  #socket;
  #bytes;
  #unread = Buffer.alloc(0);

  /**
   * @param {string} host
   * @param {number} port
   */
  constructor(host, port) {
    this.#socket = connect({ host, port });
    this.#socket.setTimeout(SILENCE_MS, () => this.#socket.destroy(new Error('Silence.')));
    this.#bytes = this.#socket[Symbol.asyncIterator]();
  }

  /**
   * @param {string} command
   * @returns {Promise<string>} the first line of the answer
   */
  ask(command) {
    this.#socket.write(`${command}\r\n`);
    return this.answer();
  }

  /** @returns {Promise<string>} */
  async answer() {
    const line = (await this.#line()).toString();
    if (!line.startsWith('+OK')) throw new Error(`The mail server said: ${line}`);
    return line;
  }

  /** @returns {Promise<Buffer>} the lines up to the one with a dot alone; doubled dots made single */
  async message() {
    const lines = [];
    for (;;) {
      const line = await this.#line();
      if (line.equals(Buffer.from('.'))) return Buffer.concat(lines);
      lines.push(line[0] === 0x2e ? line.subarray(1) : line, Buffer.from('\r\n'));
    }
  }

  end() {
    this.#socket.destroy();
  }

  /** @returns {Promise<Buffer>} without its end */
  async #line() {
    for (;;) {
      const end = this.#unread.indexOf('\r\n');
      if (end >= 0) {
        const line = this.#unread.subarray(0, end);
        this.#unread = this.#unread.subarray(end + 2);
        return line;
      }
      const { value, done } = await this.#bytes.next();
      if (done) throw new Error('The mail server hung up.');
      this.#unread = Buffer.concat([this.#unread, value]);
    }
  }
}
