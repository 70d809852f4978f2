import { Menu } from 'electron';

/**
 * To be called before Electron is ready, which makes a menu of its own otherwise: 45 entries that nobody ever sees.
 * Only macOS shows a menu while there is no window.
 */
export function setFirstAppMenu(platform: NodeJS.Platform): void {
  if (platform === 'darwin') setAppMenu(platform);
  else Menu.setApplicationMenu(null);
}

/**
 * The application's menu, for windows that are opened from now on. macOS shows it; elsewhere it stays hidden and only
 * lends its keys: closing the window, and zooming for those who need larger letters.
 */
export function setAppMenu(platform: NodeJS.Platform): void {
  const own = platform === 'darwin' ? [{ role: 'appMenu' as const }] : [];
  Menu.setApplicationMenu(
    Menu.buildFromTemplate([
      ...own,
      { role: 'editMenu' },
      {
        role: 'viewMenu',
        submenu: [{ role: 'resetZoom' }, { role: 'zoomIn' }, { role: 'zoomOut' }],
      },
      { role: 'windowMenu', submenu: [{ role: 'minimize' }, { role: 'close' }] },
    ]),
  );
}
