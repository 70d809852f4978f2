import { lookup, type LookupAddress } from 'node:dns';
import { connect, isIP, type Socket } from 'node:net';

/** How long an attempt is alone before the next one starts beside it (RFC 8305, section 8). */
const ATTEMPT_DELAY_MS = 250;

/** What tests put in place of the system. */
export interface DialOptions {
  /** All addresses of a name, the system's favourite first; default the system's own resolver. */
  readonly lookup?: (host: string) => Promise<readonly LookupAddress[]>;
  /** Begins one connection to a literal address; default `net.connect`. */
  readonly connect?: (address: string, port: number) => Socket;
  /** In milliseconds; default 250. */
  readonly attemptDelayMs?: number;
}

type Connect = NonNullable<DialOptions['connect']>;

/**
 * Connects to a server by whichever of its addresses answers first ("happy eyeballs", RFC 8305): the families take
 * turns, each attempt starts 250 ms after the one before or as soon as that has failed, and none is given up for a
 * later one. Node's own `autoSelectFamily` drops an attempt after 250 ms, and so reaches nobody on a line whose round
 * trip is longer. There is no time limit but the signal's.
 *
 * @param host a name, or an address, which is dialled as it is
 * @param port 1 to 65535
 * @param signal ends everything when aborted
 * @returns a connected socket with TCP_NODELAY and keepalive set, nothing read from it yet; it has an `error`
 *   listener that stays, so that no error of it goes unheard
 * @throws the signal's reason when aborted; else a Node error whose `code` is that of the most telling failure:
 *   refused, then anything else, then unreachable, then no such name
 */
export async function dial(
  host: string,
  port: number,
  signal: AbortSignal,
  options: DialOptions = {},
): Promise<Socket> {
  const {
    attemptDelayMs = ATTEMPT_DELAY_MS,
    lookup: find = lookUp,
    connect: begin = open,
  } = options;
  signal.throwIfAborted();
  const addresses = isIP(host) === 0 ? inTurn(await unlessAborted(find(host), signal)) : [host];
  if (addresses.length === 0)
    throw Object.assign(new Error(`${host} has no address`), { code: 'ENOTFOUND' });
  const socket = await race(addresses, { port, signal, begin, attemptDelayMs });
  return socket.setNoDelay(true).setKeepAlive(true);
}

interface Race {
  readonly port: number;
  readonly signal: AbortSignal;
  readonly begin: Connect;
  readonly attemptDelayMs: number;
}

function race(
  addresses: readonly string[],
  { port, signal, begin, attemptDelayMs }: Race,
): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const waiting = [...addresses];
    const running = new Set<Socket>();
    const errors: Error[] = [];
    let timer: NodeJS.Timeout | undefined;
    const stop = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      for (const socket of running) socket.destroy();
      running.clear();
    };
    const onAbort = () => {
      stop();
      reject(signal.reason as Error);
    };
    const next = () => {
      clearTimeout(timer);
      const address = waiting.shift();
      if (address === undefined) return;
      const socket = begin(address, port);
      running.add(socket);
      timer = setTimeout(next, attemptDelayMs);
      socket.once('connect', () => {
        running.delete(socket);
        stop();
        resolve(socket);
      });
      // Never taken off: it does nothing for a socket that has won or lost already, but hears its errors.
      socket.on('error', (error) => {
        if (!running.delete(socket)) return;
        errors.push(error);
        next();
        if (running.size > 0) return;
        stop();
        reject(mostTelling(errors));
      });
    };
    next();
    signal.addEventListener('abort', onAbort);
  });
}

function open(address: string, port: number): Socket {
  return connect({ host: address, port });
}

/** The system's resolver knows files and other directories besides DNS, and sorts by RFC 6724. */
function lookUp(host: string): Promise<readonly LookupAddress[]> {
  return new Promise((resolve, reject) => {
    lookup(host, { all: true, order: 'verbatim' }, (error, addresses) =>
      error === null ? resolve(addresses) : reject(error),
    );
  });
}

/** The two families by turns, beginning with the favourite's; each address once (RFC 8305, section 4). */
function inTurn(found: readonly LookupAddress[]): string[] {
  const addresses = (ofFirst: boolean) => [
    ...new Set(
      found
        .filter(({ family }) => (family === found[0]?.family) === ofFirst)
        .map(({ address }) => address),
    ),
  ];
  const others = addresses(false);
  const turns = addresses(true).flatMap((address) => [address, ...others.splice(0, 1)]);
  return [...turns, ...others];
}

/** A look-up cannot be ended, but it need not be waited for. */
function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason as Error);
    signal.addEventListener('abort', onAbort);
    void work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}

/** A refusal comes from the server itself, while a missing route may be only one family's: the lower the better. */
function rank({ code = '' }: NodeJS.ErrnoException): number {
  if (code === 'ECONNREFUSED') return 0;
  if (/^(ENOTFOUND|EAI_)/.test(code)) return 3;
  return /^(EHOST|ENET|EADDR|EAFNO|EACCES|EPERM)/.test(code) ? 2 : 1;
}

/** The best of the errors; of several, one with all their texts, since each is about another address. */
function mostTelling(errors: readonly Error[]): Error {
  const [best = new Error('no attempt'), ...others] = [...errors].sort((a, b) => rank(a) - rank(b));
  if (others.length === 0) return best;
  const message = [best, ...others].map((error) => error.message).join('; ');
  const { code } = best as NodeJS.ErrnoException;
  return Object.assign(new AggregateError(errors, message), { code });
}
