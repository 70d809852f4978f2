import { cleanServerText } from './error-mapping';

/** How ssh2 notes an answer to a request to sign in (RFC 4252, 5.1 and 7). */
const ANSWER = /^Inbound: Received USERAUTH_(?!BANNER)/;

/** More than any server has, and as much as a person may want to send to its administrator. */
const MOST_NAMES = 40;

/** The names of a list of algorithms (RFC 4251, section 5), without those that stand for none (RFC 8308, 2.1). */
function namesIn(list: string): readonly string[] {
  const names = cleanServerText(list).split(',');
  return names.filter((name) => !/^(?:$|ext-info-|kex-strict-)/u.test(name)).slice(0, MOST_NAMES);
}

/** What a server says of itself, and to whom, while a connection to it is made; all of it fit to be shown. */
export class ServerWords {
  /** What it says before it answers a request to sign in is said to everybody. */
  #answered = false;
  #banner = '';
  #toUs = '';
  #version = '';
  #strict = false;
  #offers: readonly string[] = [];

  /** @param line of ssh2's debugging, which tells some things that are told nowhere else (1.17.0) */
  overhear(line: string): void {
    if (line.includes('strict KEX mode enabled')) this.#strict = true;
    if (ANSWER.test(line)) this.#answered = true;
    const offers = /^Handshake: \(remote\) [^:]+: (.*)$/s.exec(line)?.[1];
    if (offers !== undefined) this.#offers = namesIn(offers);
    const ident = /^Remote ident: '(.*)'$/.exec(line)?.[1];
    if (ident !== undefined) this.#version = cleanServerText(ident.replace(/^SSH-2\.0-/, ''));
  }

  /** @param text of a USERAUTH_BANNER */
  hear(text: string): void {
    if (this.#answered) this.#toUs = cleanServerText(`${this.#toUs}${text}`);
    else this.#banner = cleanServerText(`${this.#banner}${text}`);
  }

  /** Said to everybody. */
  get banner(): string {
    return this.#banner;
  }

  /** Said to us, mostly on refusing. */
  get toUs(): string {
    return this.#toUs;
  }

  /** As in its identification, such as `OpenSSH_9.2p1`. */
  get version(): string {
    return this.#version;
  }

  /** What it has to offer for the part of a connection that was compared last: key exchange, host key, cipher, MAC. */
  get offers(): readonly string[] {
    return this.#offers;
  }

  /** Does it keep to the strict key exchange (CVE-2023-48795)? */
  get strict(): boolean {
    return this.#strict;
  }
}
