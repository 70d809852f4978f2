import type { Bridge } from '../electron/shared/ipc-contract';

declare global {
  interface Window {
    /** Put there by the preload script. */
    readonly mailmole: Bridge;
  }
}

/** The main process, as far as a window may speak to it. This file is the only one that touches `window`. */
export const bridge: Bridge = window.mailmole;

/** Draws the page anew, after it stumbled. */
export function reload(): void {
  window.location.reload();
}

/** The person's language and region, as a BCP 47 tag. */
export function systemLanguage(): string {
  return window.navigator.language;
}
