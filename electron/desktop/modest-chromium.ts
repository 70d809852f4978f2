import { app } from 'electron';

/**
 * Leaves out of Chromium what a few forms and a list do not need; it costs every start and stays in memory for as long
 * as the icon is in the tray. Must run before the application is ready. Only on Linux, where it was measured (see
 * docs/performance.md).
 */
export function askLittleOfChromium(platform: NodeJS.Platform): void {
  if (platform !== 'linux') return;
  // The windows are drawn by the processor: no driver is loaded for them, and none can spoil them.
  app.disableHardwareAcceleration();
  // Nothing of ours goes over Chromium's network, so that it needs no process of its own.
  enableFeature('NetworkServiceInProcess2');
}

/** Chromium hears only the last of such switches, and a person may have given one. */
function enableFeature(name: string): void {
  const given = app.commandLine.getSwitchValue('enable-features');
  app.commandLine.appendSwitch('enable-features', given === '' ? name : `${given},${name}`);
}
