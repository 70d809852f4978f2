import { Notification } from 'electron';
import type { AppSnapshot } from '../shared/app-snapshot';
import type { Translate } from '../shared/messages';
import type { Told } from './notification-policy';
import { notesFor } from './notification-policy';

/** Shows the notifications a snapshot calls for; a click on one calls `open`. */
export class Notifier {
  #told: Told = new Map();
  /** Those on screen: a notification that is collected as garbage no longer hears its click. */
  readonly #shown = new Set<Notification>();
  readonly #t: Translate;
  readonly #open: () => void;

  constructor(t: Translate, open: () => void) {
    this.#t = t;
    this.#open = open;
  }

  show(snapshot: AppSnapshot, watched: boolean): void {
    const { told, notes } = notesFor(this.#told, snapshot, watched, this.#t);
    this.#told = told;
    if (!Notification.isSupported()) return;
    for (const { title, body } of notes) {
      const notification = new Notification({ title, body });
      const forget = (): void => void this.#shown.delete(notification);
      this.#shown.add(notification);
      notification.on('click', () => {
        forget();
        this.#open();
      });
      notification.on('close', forget);
      notification.on('failed', forget);
      notification.show();
    }
  }
}
