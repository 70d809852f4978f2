import type { AccountView } from './app-snapshot';
import type { TunnelError } from './tunnel-error';

/** Looks a key up in the catalogue (`namespace:key`) and fills in its parameters. */
export type Translate = (key: string, params?: Readonly<Record<string, string | number>>) => string;

/** What a person can do about an error; each is a button. */
export type ErrorAction =
  | 'try-again'
  | 'edit'
  | 'use-next-port'
  | 'enter-again'
  | 'choose-key'
  | 'accept-changed-key'
  | 'stay-off';

/** An error in words: what happened and to what, what to do next, and the raw text for Details. */
export interface ErrorWords {
  readonly title: string;
  readonly body: string;
  readonly actions: readonly ErrorAction[];
  readonly details: string;
}

/** The words for an error. Every kind has its own; the text under `details` is the only place for raw text. */
export declare function describeError(error: TunnelError, t: Translate): ErrorWords;

/** A state in a few words, for a row or a menu item: "On. Greeted 2 minutes ago." `now` is in milliseconds since 1970. */
export declare function describeState(
  view: AccountView,
  t: Translate,
  now: number,
): { short: string; long: string };
