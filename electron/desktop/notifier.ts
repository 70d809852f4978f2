import { Notification } from 'electron';
import type { AccountId } from '../shared/account';
import type { AppSnapshot } from '../shared/app-snapshot';
import type { Translate } from '../shared/messages';
import type { Clock } from '../tunnel/ports';
import type { Note } from './notification-policy';
import { NOTHING_TOLD, notesFor } from './notification-policy';

/** What the notifications are drawn from, and where a click on one leads. */
export interface NotifierParts {
  readonly t: Translate;
  readonly clock: Clock;
  readonly snapshot: () => AppSnapshot;
  /** Does a person look at our windows? */
  readonly watched: () => boolean;
  /** Opens the window at a mailbox, or as it is. */
  readonly open: (id: AccountId | null) => void;
}

/** Shows the notifications that snapshots call for, now and when a loss has lasted. */
export class Notifier {
  readonly #parts: NotifierParts;
  #memory = NOTHING_TOLD;
  #cancelLook = (): void => undefined;
  /** Those on screen: a notification that is collected as garbage no longer hears its click. */
  readonly #shown = new Set<Notification>();

  constructor(parts: NotifierParts) {
    this.#parts = parts;
  }

  /** Looks at the snapshot of this moment. */
  look(): void {
    const { snapshot, watched, t, clock } = this.#parts;
    // A snapshot is as old as the last change; how long a loss has lasted is asked now.
    const now = { ...snapshot(), at: clock.now() };
    const { memory, notes } = notesFor(this.#memory, now, watched(), t);
    this.#memory = memory;
    this.#cancelLook();
    if (memory.lookAt !== null)
      this.#cancelLook = clock.after(Math.max(0, memory.lookAt - now.at), () => this.look());
    if (Notification.isSupported()) notes.forEach((note) => this.#show(note));
  }

  #show({ title, body, accountId }: Note): void {
    const notification = new Notification({ title, body });
    const forget = (): void => void this.#shown.delete(notification);
    this.#shown.add(notification);
    notification.on('click', () => {
      forget();
      this.#parts.open(accountId);
    });
    notification.on('close', forget);
    notification.on('failed', forget);
    notification.show();
  }

  /** Shows nothing more. */
  end(): void {
    this.#cancelLook();
  }
}
