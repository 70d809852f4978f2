import { ipcMain } from 'electron';
import type { AppState } from '../state/app-state';
import { channelOf, IPC_NAMES, SNAPSHOT_CHANNEL } from '../shared/ipc-contract';
import type { Log } from '../tunnel/ports';
import type { Handlers } from './ipc-policy';
import { answerRequest } from './ipc-policy';
import type { Windows } from './windows';
import { textOfThrown } from '../shared/thrown';

/** Answers the verbs of the contract, for pages of our own windows only, and pushes every snapshot to them. */
export function connectWindows(
  windows: Windows,
  handlers: Handlers,
  state: AppState,
  log: Log,
): void {
  for (const name of IPC_NAMES) {
    ipcMain.handle(channelOf(name), async (event, ...args: unknown[]) => {
      const trusted = windows.owns(event.senderFrame);
      if (!trusted) log('warn', `${name} was asked by a page that is not ours; it was refused.`);
      return answerRequest(handlers, name, args, trusted, (error) =>
        log(
          'error',
          `${name} failed: ${error instanceof Error ? error.stack : textOfThrown(error)}`,
        ),
      );
    });
  }
  state.subscribe((snapshot) => {
    for (const window of windows.live()) window.webContents.send(SNAPSHOT_CHANNEL, snapshot);
  });
}
