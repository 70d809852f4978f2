/** Types of display.mjs, for the tests. */

export interface DesktopOptions {
  /** Also start a window manager and a panel that hosts tray icons (StatusNotifierItem). */
  readonly panel?: boolean;
  /** Width, height and depth in pixels and bits; `1280x800x24` unless said otherwise. */
  readonly screen?: string;
  /** Keep the screen in a file, an X window dump, which the environment names as MAILMOLE_SCREEN. */
  readonly picture?: boolean;
}

export interface Desktop {
  /** The whole environment for programs of this desktop: display, bus, private home folders. */
  readonly env: Record<string, string>;
  /** Starts a window manager and a panel that hosts tray icons, where there is none yet. */
  readonly startPanel: () => Promise<void>;
  /** Ends everything that was started in it, and removes its folders. */
  readonly stop: () => Promise<void>;
}

/** Whether a window opened now would have somewhere to appear. */
export function hasDisplay(): boolean;

/** Runs `work` in a desktop that ends with it, also when it throws or a signal interrupts it. */
export function withDesktop<T>(
  options: DesktopOptions,
  work: (env: Record<string, string>) => Promise<T>,
): Promise<T>;

/** Starts a desktop; `withDesktop` is the safer form. */
export function startDesktop(options?: DesktopOptions): Promise<Desktop>;
