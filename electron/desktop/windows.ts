import type { BrowserWindowConstructorOptions, Session, WebFrameMain } from 'electron';
import { app, BrowserWindow, nativeTheme, screen } from 'electron';
import ElectronStore from 'electron-store';
import { PLACE_CHANNEL, type Place } from '../shared/ipc-contract';
import type { OpenPrompt } from '../shared/prompt';
import type { Log } from '../tunnel/ports';
import { PromptWindow } from './prompt-window';
import type { Page } from './ui-files';
import { UI_ORIGIN } from './ui-files';
import { DEFAULT_SIZE, SMALLEST_SIZE, usableBounds } from './window-bounds';
import { textOfThrown } from '../shared/thrown';

/** The ground of the pages, light and dark, so that a window does not flash white before its page is drawn. */
const GROUND = { light: '#FBFAF8', dark: '#1C1B1A' };
/** A page whose process is lost twice within this time, in milliseconds, is given up. */
const RELOAD_AFTER_MS = 10_000;

/** Until the first question has given it its own height. */
const PROMPT_SIZE = { width: 480, height: 400 };

export interface WindowParts {
  /** The one of all windows; opened with the first of them. */
  readonly session: () => Session;
  /** Path of preload.cjs. */
  readonly preload: string;
  /** Path of the application's icon; null where the package brings it. */
  readonly icon: string | null;
  /** Folder of the user's data; the main window's place is remembered there. */
  readonly folder: string;
  /** Read afresh for each window, since the language may have changed. */
  readonly promptTitle: () => string;
  /** The questions' window was closed while questions are open: nobody is going to answer. */
  readonly promptsDismissed: () => void;
  readonly log: Log;
}

/**
 * The main window and the window of questions: each is made when it is shown and destroyed when it is closed, so that
 * an application in the tray has no renderer.
 */
export class Windows {
  readonly #parts: WindowParts;
  #memory: ElectronStore<{ bounds?: unknown }> | null = null;
  #main: BrowserWindow | null = null;
  readonly #prompt: PromptWindow;
  #place: Place | null = null;

  constructor(parts: WindowParts) {
    this.#parts = parts;
    const makePrompt = (): BrowserWindow =>
      this.#open('prompt.html', {
        ...PROMPT_SIZE,
        title: parts.promptTitle(),
        minimizable: false,
        maximizable: false,
        fullscreenable: false,
      });
    this.#prompt = new PromptWindow(makePrompt, parts.promptsDismissed);
    nativeTheme.on('updated', () => {
      for (const window of this.live()) window.setBackgroundColor(ground());
    });
  }

  /** Those that can be sent to. */
  live(): readonly BrowserWindow[] {
    return [this.#main, this.#prompt.current()].filter((window) => window !== null);
  }

  /** Does a person look at one of them? */
  watched(): boolean {
    return this.live().some((window) => window.isFocused());
  }

  main(): BrowserWindow | null {
    return this.#main;
  }

  /** Is this the page of one of our windows, itself and not a frame within it? */
  owns(frame: WebFrameMain | null): boolean {
    if (frame === null || frame.parent !== null || frame.origin !== UI_ORIGIN) return false;
    return this.live().some((window) => window.webContents.mainFrame === frame);
  }

  /**
   * Brings the main window up, at a place where one is given. `focus` false: without taking the keyboard from whatever
   * has it.
   */
  showMain(focus = true, place: Place | null = null): void {
    if (place !== null) this.#place = place;
    if (this.#main !== null) {
      if (place !== null) this.#main.webContents.send(PLACE_CHANNEL);
      bringForward(this.#main, focus);
      return;
    }
    const areas = screen.getAllDisplays().map((display) => display.workArea);
    const bounds = usableBounds(this.#remembered().get('bounds'), areas);
    const window = this.#open('index.html', {
      ...(bounds ?? DEFAULT_SIZE),
      minWidth: SMALLEST_SIZE.width,
      minHeight: SMALLEST_SIZE.height,
      title: app.name,
    });
    this.#main = window;
    window.on('close', () => this.rememberMain());
    window.on('closed', () => (this.#main = null));
    window.once('ready-to-show', () => bringForward(window, focus));
  }

  /** The place the main window was brought up for, once. */
  takePlace(): Place | null {
    const place = this.#place;
    this.#place = null;
    return place;
  }

  /** Shows the window of questions while there are any. `focus`: a person caused the newest of them. */
  syncPrompts(prompts: readonly OpenPrompt[], focus: boolean): void {
    this.#prompt.sync(prompts, focus);
  }

  /** Keeps the main window's place for the next time. */
  rememberMain(): void {
    const window = this.#main;
    if (window === null || window.isMaximized() || window.isFullScreen()) return;
    try {
      this.#remembered().set('bounds', window.getNormalBounds());
    } catch (error) {
      this.#parts.log('warn', `The window's place could not be kept: ${textOfThrown(error)}`);
    }
  }

  #remembered(): ElectronStore<{ bounds?: unknown }> {
    return (this.#memory ??= new ElectronStore<{ bounds?: unknown }>({
      cwd: this.#parts.folder,
      name: 'window',
      clearInvalidConfig: true,
      configFileMode: 0o600,
    }));
  }

  #open(page: Page, options: BrowserWindowConstructorOptions): BrowserWindow {
    const { icon, session, preload, log } = this.#parts;
    const window = new BrowserWindow({
      ...options,
      ...(icon === null ? {} : { icon }),
      show: false,
      backgroundColor: ground(),
      webPreferences: {
        session: session(),
        preload,
        sandbox: true,
        contextIsolation: true,
        nodeIntegration: false,
        webviewTag: false,
        spellcheck: false,
        devTools: !app.isPackaged,
      },
    });
    window.setMenuBarVisibility(false);
    let lostAt = Number.NEGATIVE_INFINITY;
    window.webContents.on('render-process-gone', (_gone, details) => {
      log('error', `The page ${page} is gone: ${details.reason}`);
      // Drawn anew once; a page that is lost again at once is not going to stay.
      if (Date.now() - lostAt < RELOAD_AFTER_MS) window.destroy();
      else window.webContents.reload();
      lostAt = Date.now();
    });
    window.loadURL(`${UI_ORIGIN}/${page}`).catch((error: unknown) => {
      // A window that is closed while it loads is no fault.
      if (!window.isDestroyed())
        log('error', `The page ${page} did not load: ${textOfThrown(error)}`);
    });
    return window;
  }
}

function ground(): string {
  return nativeTheme.shouldUseDarkColors ? GROUND.dark : GROUND.light;
}

function bringForward(window: BrowserWindow, focus: boolean): void {
  if (window.isDestroyed()) return;
  if (!focus) {
    window.showInactive();
    return;
  }
  if (window.isMinimized()) window.restore();
  window.show();
  window.focus();
}
