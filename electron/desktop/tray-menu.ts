import type { MenuItemConstructorOptions } from 'electron';
import { assertNever } from '../shared/result';
import type { TrayCommand, TrayItem } from './tray-view';

/** An ampersand in a label marks a key on most systems; doubled, it is shown. */
function literal(label: string): string {
  return label.replaceAll('&', '&&');
}

/** The tray's entries as Electron's menu wants them; `perform` is called with the command of the one that is chosen. */
export function menuTemplate(
  items: readonly TrayItem[],
  perform: (command: TrayCommand) => void,
): MenuItemConstructorOptions[] {
  return items.map((item): MenuItemConstructorOptions => {
    switch (item.kind) {
      case 'separator':
        return { type: 'separator' };
      case 'text':
        return { label: literal(item.label), enabled: false };
      case 'switch':
        return {
          type: 'checkbox',
          label: literal(item.label),
          checked: item.on,
          click: () => perform(item.command),
        };
      case 'action':
        return {
          label: literal(item.label),
          enabled: item.enabled,
          click: () => perform(item.command),
        };
      case 'submenu':
        return { label: literal(item.label), submenu: menuTemplate(item.items, perform) };
      default:
        return assertNever(item);
    }
  });
}
