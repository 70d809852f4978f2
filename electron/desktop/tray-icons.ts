import { join } from 'node:path';
import type { NativeImage } from 'electron';
import { nativeImage, nativeTheme } from 'electron';
import type { Badge } from '../shared/tunnel-state';

/** A picture of the tray: a state's, or one of the three frames in which the dot wanders through the tunnel. */
export type IconName = Exclude<Badge, 'working'> | 'working-1' | 'working-2' | 'working-3';

export const WORKING_FRAMES = ['working-1', 'working-2', 'working-3'] as const;
/** The frame that is shown when nothing moves. */
export const STILL_FRAME = 'working-2';

/** Edge lengths of a Linux tray icon at single and double density, in pixels. 22 is what most panels show. */
const LINUX_SIZES = [
  { size: 22, scaleFactor: 1 },
  { size: 48, scaleFactor: 2 },
] as const;

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
  const image = nativeImage.createEmpty();
  for (const { size, scaleFactor } of LINUX_SIZES) {
    const buffer = nativeImage.createFromPath(join(folder, theme, `${name}@${size}.png`)).toPNG();
    image.addRepresentation({ scaleFactor, width: size, height: size, buffer });
  }
  return image;
}
