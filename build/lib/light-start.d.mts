import type { Plugin } from 'vite';

/** Leaves out of the main process what the start does not need. */
export function lightStart(): Plugin;
