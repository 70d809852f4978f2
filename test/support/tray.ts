import { findTrayItem, type MenuEntry, type TrayItem } from '../../build/lib/demo-tray.mjs';
import { until } from '../world/wait.ts';

/** Waits until a process has an icon in the panel. */
export async function trayOf(pid: number, env: NodeJS.ProcessEnv): Promise<Tray> {
  return new Tray(await until('the tray icon is registered', () => findTrayItem(pid, env)));
}

/** The tray icon, as a person uses it. */
export class Tray {
  readonly item: TrayItem;

  constructor(item: TrayItem) {
    this.item = item;
  }

  /** The labels of the menu, top level only; separators are dashes. */
  async labels(): Promise<string[]> {
    const entries = await this.item.menu();
    return entries.map(({ label, separator }) => (separator ? '-' : label));
  }

  /** The entry of a mailbox; its label is `NAME: STATE`. */
  async mailbox(name: string): Promise<MenuEntry | null> {
    const entries = await this.item.menu();
    return entries.find(({ label }) => label.startsWith(`${name}: `)) ?? null;
  }

  /** Waits until a mailbox has this state in words, and its switch says so. */
  async says(name: string, state: string, on: boolean): Promise<void> {
    let last: MenuEntry | null = null;
    await until(
      `the tray says “${name}: ${state}”`,
      async () => {
        last = await this.mailbox(name);
        return last?.label === `${name}: ${state}` && last.checked === on;
      },
      { timeoutMs: 30_000, detail: () => JSON.stringify(last) },
    );
  }

  /** Chooses an entry by the beginning of its label. */
  choose(beginning: string): Promise<void> {
    return this.item.choose(({ label }) => label.startsWith(beginning));
  }
}
