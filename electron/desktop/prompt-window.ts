import type { BrowserWindow } from 'electron';
import type { PromptId } from '../shared/prompt';

/**
 * How long the window stays hidden after the last answer, in milliseconds, before it is destroyed: signing in often
 * asks twice, and the second question then comes up at once and in the same place.
 */
const LINGER_MS = 3000;

/** The window of questions: up while there are any, destroyed a moment after the last one. */
export class PromptWindow {
  readonly #make: () => BrowserWindow;
  readonly #dismissed: () => void;
  #window: BrowserWindow | null = null;
  /** Has its page been drawn, so that it can be shown without a flash? */
  #drawn = false;
  #asked: readonly PromptId[] = [];
  #focus = false;
  #destruction: NodeJS.Timeout | null = null;

  /** `make` opens the window, hidden; `dismissed` hears that it is gone while questions are open. */
  constructor(make: () => BrowserWindow, dismissed: () => void) {
    this.#make = make;
    this.#dismissed = dismissed;
  }

  current(): BrowserWindow | null {
    return this.#window;
  }

  /** `ids` are the open questions. A new one takes the focus only when a person caused it (`focus`). */
  sync(ids: readonly PromptId[], focus: boolean): void {
    const isNew = ids.some((id) => !this.#asked.includes(id));
    this.#asked = ids;
    if (ids.length === 0) {
      this.#leave();
      return;
    }
    if (this.#destruction !== null) clearTimeout(this.#destruction);
    this.#destruction = null;
    if (isNew) this.#focus = focus;
    if (this.#window === null) this.#open();
    else if (isNew) this.#show(this.#window);
  }

  #open(): void {
    const window = this.#make();
    this.#window = window;
    this.#drawn = false;
    window.on('closed', () => {
      this.#window = null;
      // Closed by a person, or lost: either way nobody answers. Once it is done with, nothing is asked any more.
      if (this.#asked.length > 0) this.#dismissed();
    });
    window.once('ready-to-show', () => {
      this.#drawn = true;
      if (this.#asked.length > 0) this.#show(window);
    });
  }

  #show(window: BrowserWindow): void {
    if (!this.#drawn) return;
    // Above others only where the person waits for it: what they started elsewhere must not be covered.
    window.setAlwaysOnTop(this.#focus);
    if (!this.#focus) {
      window.showInactive();
      return;
    }
    window.show();
    window.focus();
  }

  #leave(): void {
    const window = this.#window;
    if (window === null || this.#destruction !== null) return;
    window.hide();
    this.#destruction = setTimeout(() => {
      this.#destruction = null;
      window.destroy();
    }, LINGER_MS);
  }
}
