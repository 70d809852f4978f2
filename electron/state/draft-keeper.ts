/** More places than a person can leave half filled in; the oldest goes then. */
const MOST = 50;

/**
 * What was typed into a window and not saved yet, so that closing the window loses nothing. Each place (the new
 * mailbox, or one that is changed) has one text that only the windows understand. Kept in memory only; never a secret.
 */
export class DraftKeeper {
  readonly #texts = new Map<string, string>();

  /** Keeps what was typed at a place, in place of what was there; null forgets it. */
  keep(place: string, text: string | null): void {
    this.#texts.delete(place);
    if (text === null) return;
    this.#texts.set(place, text);
    const [oldest] = this.#texts.keys();
    if (this.#texts.size > MOST && oldest !== undefined) this.#texts.delete(oldest);
  }

  all(): Readonly<Record<string, string>> {
    return Object.fromEntries(this.#texts);
  }
}
