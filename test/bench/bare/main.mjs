/**
 * The smallest Electron application with what Mailmole shows: a tray icon with a menu and, unless started with
 * `--hidden`, a window with a page that stands still. Run with: electron <this folder> [--hidden] ICON
 */
import path from 'node:path';
import { app, BrowserWindow, Menu, Tray } from 'electron';

const icon = process.argv.at(-1);
/** What nobody refers to any more would be collected. */
const kept = [];
app.on('window-all-closed', () => undefined);
process.on('SIGTERM', () => app.exit(0));
// Electron is ready only once this module has been evaluated, so nothing here may wait for it.
void app.whenReady().then(() => {
  const tray = new Tray(icon);
  tray.setToolTip('Bare');
  tray.setContextMenu(Menu.buildFromTemplate([{ label: 'Open' }, { label: 'Quit' }]));
  kept.push(tray);
  if (process.argv.includes('--hidden')) return;
  Menu.setApplicationMenu(null);
  const window = new BrowserWindow({ width: 760, height: 640, show: false });
  window.once('ready-to-show', () => window.show());
  void window.loadFile(path.join(import.meta.dirname, 'page.html'));
  kept.push(window);
});
