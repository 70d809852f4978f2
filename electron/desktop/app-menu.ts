import { Menu } from 'electron';

/**
 * The application's menu. macOS shows it; elsewhere it stays hidden and only lends its keys: closing the window,
 * and zooming for those who need larger letters.
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
