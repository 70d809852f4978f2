import type { BrowserWindow } from 'electron';
import type { OpenPrompt, PromptId, PromptRequest } from '../shared/prompt';

/**
 * How long the window stays hidden after the last answer, in milliseconds, before it is destroyed: signing in often
 * asks twice, and the second question then comes up at once and in the same place.
 */
const LINGER_MS = 3000;

/** How high each kind of question is, in pixels: what it asks and its buttons, and a line or two to spare. */
const HEIGHTS: Readonly<Record<PromptRequest['kind'], number>> = {
  'host-key': 424,
  passphrase: 376,
  password: 376,
  code: 360,
};
const WIDTH = 480;

/** The window of questions: up while there are any, destroyed a moment after the last one. */
export class PromptWindow {
  readonly #make: () => BrowserWindow;
  readonly #dismissed: () => void;
  #window: BrowserWindow | null = null;
  /** Has its page been drawn, so that it can be shown without a flash? */
  #drawn = false;
  #asked: readonly PromptId[] = [];
  #focus = false;
  /** The first question, which is the one that is shown, and for which the window has its size. */
  #fitted: PromptId | null = null;
  #destruction: NodeJS.Timeout | null = null;

  /** `make` opens the window, hidden; `dismissed` hears that it is gone while questions are open. */
  constructor(make: () => BrowserWindow, dismissed: () => void) {
    this.#make = make;
    this.#dismissed = dismissed;
  }

  current(): BrowserWindow | null {
    return this.#window;
  }

  /** A new one of the open questions takes the focus only when a person caused it (`focus`). */
  sync(prompts: readonly OpenPrompt[], focus: boolean): void {
    const ids = prompts.map(({ id }) => id);
    const isNew = ids.some((id) => !this.#asked.includes(id));
    this.#asked = ids;
    if (ids.length === 0) {
      this.#leave();
      return;
    }
    if (this.#destruction !== null) clearTimeout(this.#destruction);
    this.#destruction = null;
    if (isNew) this.#focus = focus;
    const window = this.#window ?? this.#open();
    this.#fit(window, prompts);
    if (isNew) this.#show(window);
  }

  /** Makes it as high as the question that is shown wants; what a person made of it then stays until the next question. */
  #fit(window: BrowserWindow, [shown]: readonly OpenPrompt[]): void {
    if (shown === undefined || shown.id === this.#fitted) return;
    this.#fitted = shown.id;
    window.setContentSize(WIDTH, HEIGHTS[shown.request.kind]);
  }

  #open(): BrowserWindow {
    const window = this.#make();
    this.#window = window;
    this.#drawn = false;
    this.#fitted = null;
    window.on('closed', () => {
      this.#window = null;
      // Closed by a person, or lost: either way nobody answers. Once it is done with, nothing is asked any more.
      if (this.#asked.length > 0) this.#dismissed();
    });
    window.once('ready-to-show', () => {
      this.#drawn = true;
      if (this.#asked.length > 0) this.#show(window);
    });
    return window;
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
