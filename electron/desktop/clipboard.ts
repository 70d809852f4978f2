import { clipboard } from 'electron';

/** Puts text on the clipboard. Awaited, because Electron's clipboard became asynchronous with version 44. */
export async function copyToClipboard(text: string): Promise<void> {
  await clipboard.writeText(text);
}
