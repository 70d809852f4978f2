/** Types of demo-tray.mjs, for the tests. */

/** One entry of a tray icon's menu. */
export interface MenuEntry {
  readonly id: number;
  /** As a person reads it. */
  readonly label: string;
  readonly enabled: boolean;
  readonly separator: boolean;
  /** Null for an entry that is no switch. */
  readonly checked: boolean | null;
  /** Those of the menu within. */
  readonly entries: readonly MenuEntry[];
}

/** One icon in the panel. Nothing is remembered: every question is asked anew. */
export interface TrayItem {
  tooltip(): Promise<string>;
  /** The picture's pixels: another picture gives another text. */
  picture(): Promise<string>;
  menu(): Promise<readonly MenuEntry[]>;
  /** Chooses the first entry that fits; throws when there is none, or when it cannot be chosen. */
  choose(which: (entry: MenuEntry) => boolean): Promise<void>;
  /** Does what a click on the icon does. */
  activate(): Promise<void>;
}

/** Finds the icon of a process; undefined while it has none, or where there is no panel. */
export function findTrayItem(pid: number, env: NodeJS.ProcessEnv): Promise<TrayItem | undefined>;
