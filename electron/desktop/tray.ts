import type { NativeImage } from 'electron';
import { Menu, nativeTheme, systemPreferences, Tray } from 'electron';
import type { IconName } from './tray-icons';
import { loadTrayIcon, STILL_FRAME, WORKING_FRAMES } from './tray-icons';
import { menuTemplate } from './tray-menu';
import type { TrayCommand, TrayView } from './tray-view';

/** How long each frame of the movement is shown, in milliseconds: calm, and cheap enough for a battery. */
const FRAME_MS = 500;

/** The tray icon: applies views, one after the other. */
export class TrayIcon {
  readonly #folder: string;
  readonly #perform: (command: TrayCommand) => void;
  readonly #images = new Map<IconName, NativeImage>();
  #view: TrayView;
  #tray: Tray;
  #movement: NodeJS.Timeout | null = null;
  #frame = 0;

  /** `folder` holds the pictures; `perform` carries out what a person chooses. */
  constructor(folder: string, view: TrayView, perform: (command: TrayCommand) => void) {
    this.#folder = folder;
    this.#perform = perform;
    this.#view = view;
    this.#tray = this.#create();
    nativeTheme.on('updated', this.#themeChanged);
  }

  /** Shows a view, touching only what differs from the one before. */
  show(view: TrayView): void {
    const before = this.#view;
    this.#view = view;
    if (view.icon !== before.icon || view.animated !== before.animated) this.#showIcon();
    if (view.tooltip !== before.tooltip) this.#tray.setToolTip(view.tooltip);
    if (JSON.stringify(view.items) !== JSON.stringify(before.items)) this.#showMenu();
  }

  /** Makes the icon anew, for a panel that appeared after it: Electron had fallen back to an older protocol then. */
  recreate(): void {
    this.#tray.destroy();
    this.#tray = this.#create();
  }

  destroy(): void {
    nativeTheme.off('updated', this.#themeChanged);
    this.#stopMovement();
    this.#tray.destroy();
  }

  #create(): Tray {
    const tray = new Tray(this.#image(this.#stillName()));
    this.#tray = tray;
    tray.setToolTip(this.#view.tooltip);
    // On macOS a click opens the menu, as people expect there.
    if (process.platform !== 'darwin') tray.on('click', () => this.#perform({ verb: 'open' }));
    this.#showMenu();
    this.#showIcon();
    return tray;
  }

  /**
   * Sets the whole menu. On Linux the panel keeps a copy, so that an entry that is changed in place goes on showing
   * its old state; a check mark even does so after a click on it, hence the setting anew after every choice.
   */
  #showMenu(): void {
    const template = menuTemplate(this.#view.items, (command) => {
      this.#showMenu();
      this.#perform(command);
    });
    this.#tray.setContextMenu(Menu.buildFromTemplate(template));
  }

  #showIcon(): void {
    this.#stopMovement();
    this.#tray.setImage(this.#image(this.#stillName()));
    if (this.#view.icon !== 'working' || !this.#view.animated || reducedMotion()) return;
    this.#movement = setInterval(() => {
      this.#frame = (this.#frame + 1) % WORKING_FRAMES.length;
      this.#tray.setImage(this.#image(WORKING_FRAMES[this.#frame] ?? STILL_FRAME));
    }, FRAME_MS);
  }

  #stopMovement(): void {
    if (this.#movement !== null) clearInterval(this.#movement);
    this.#movement = null;
  }

  #stillName(): IconName {
    return this.#view.icon === 'working' ? STILL_FRAME : this.#view.icon;
  }

  #image(name: IconName): NativeImage {
    const known = this.#images.get(name);
    if (known !== undefined) return known;
    const image = loadTrayIcon(this.#folder, name);
    this.#images.set(name, image);
    return image;
  }

  readonly #themeChanged = (): void => {
    this.#images.clear();
    this.#showIcon();
  };
}

function reducedMotion(): boolean {
  return systemPreferences.getAnimationSettings().prefersReducedMotion;
}
