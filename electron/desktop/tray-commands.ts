import type { Program } from '../client-setup/programs';
import type { AccountId } from '../shared/account';
import { assertNever } from '../shared/result';
import type { Commands } from '../state/commands';
import type { TrayCommand } from './tray-view';

/** What the tray can do besides the commands of the state. */
export interface TrayActions {
  copySettings(id: AccountId, program: Program): Promise<unknown>;
  open(): void;
  quit(): void;
}

/** Carries out what a person chose in the tray's menu. Rejects with what could not be done. */
export async function performTrayCommand(
  command: TrayCommand,
  commands: Commands,
  actions: TrayActions,
): Promise<void> {
  switch (command.verb) {
    case 'set-wanted':
      await commands.setWanted(command.id, command.on);
      return;
    case 'set-all-wanted':
      await commands.setAllWanted(command.on);
      return;
    case 'copy-settings':
      await actions.copySettings(command.id, command.program);
      return;
    case 'open':
      actions.open();
      return;
    case 'quit':
      actions.quit();
      return;
    default:
      assertNever(command);
  }
}
