import { join } from 'node:path';
import type { NativeImage } from 'electron';
import { nativeImage, nativeTheme, screen } from 'electron';
import type { Badge } from '../shared/tunnel-state';

/** A picture of the tray: a state's, or one of the three frames in which the dot wanders through the tunnel. */
export type IconName = Exclude<Badge, 'working'> | 'working-1' | 'working-2' | 'working-3';

export const WORKING_FRAMES = ['working-1', 'working-2', 'working-3'] as const;
/** The frame that is shown when nothing moves. */
export const STILL_FRAME = 'working-2';

/**
 * Edge lengths of a Linux tray icon at single and at higher density, in pixels; 22 is what most panels show. Of several
 * representations Electron passes on the largest only, which a panel would then blur by shrinking it.
 */
const LINUX_SIZE = { single: 22, dense: 48 };

/** `dark` is light ink for a dark panel. */
function panelTheme(): 'light' | 'dark' {
  if (process.platform === 'win32') {
    // The taskbar has a theme of its own; this flag is about it, and not about the programs.
    return nativeTheme.shouldUseDarkColorsForSystemIntegratedUI ? 'dark' : 'light';
  }
  // GNOME's top bar is dark in both of its themes.
  const gnome = /gnome/iu.test(process.env['XDG_CURRENT_DESKTOP'] ?? '');
  return gnome || nativeTheme.shouldUseDarkColors ? 'dark' : 'light';
}

/** Reads the tray's pictures from `folder`, in the form and for the theme the platform's panel wants. */
export function loadTrayIcon(folder: string, name: IconName): NativeImage {
  if (process.platform === 'darwin') {
    // Electron finds the @2x form beside it, and takes it for a template because of its name.
    return nativeImage.createFromPath(join(folder, 'template', `${name}Template.png`));
  }
  const theme = panelTheme();
  if (process.platform === 'win32') {
    return nativeImage.createFromPath(join(folder, theme, `${name}.ico`));
  }
  const { scaleFactor } = screen.getPrimaryDisplay();
  const size = scaleFactor > 1 ? LINUX_SIZE.dense : LINUX_SIZE.single;
  return nativeImage.createFromPath(join(folder, theme, `${name}@${size}.png`));
}
