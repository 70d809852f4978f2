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

/** The person's languages and regions, as BCP 47 tags, best first. */
export function systemLanguages(): readonly string[] {
  return window.navigator.languages;
}

/** Says which language the page is in and which way it runs. */
export function writePageIn(locale: string, direction: 'ltr' | 'rtl'): void {
  window.document.documentElement.lang = locale;
  window.document.documentElement.dir = direction;
}
