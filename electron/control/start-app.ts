import { spawn } from 'node:child_process';
import type { ControlClient } from './control-client';
import { callControl } from './control-client';
import type { ProfilePaths } from './profile-paths';

/** How long the application may take to start, in milliseconds: a cold disk, an old machine. */
const START_WITHIN_MS = 60_000;
/** How often it is called while it starts, in milliseconds. */
const CALL_EVERY_MS = 50;

/** Why the application was not started, as a catalogue key. */
export type StartComplaint = 'cli:start.no-display' | 'cli:start.ended' | 'cli:start.too-long';

/** The application does not run and could not be started. */
export class NotStarted extends Error {
  readonly complaint: StartComplaint;

  constructor(complaint: StartComplaint) {
    super(complaint);
    this.complaint = complaint;
  }
}

/** Is there somewhere for a tray icon and for questions? */
export function hasDisplay(
  platform: NodeJS.Platform,
  env: Readonly<Record<string, string | undefined>>,
): boolean {
  if (platform !== 'linux') return true;
  return (env['DISPLAY'] ?? '') !== '' || (env['WAYLAND_DISPLAY'] ?? '') !== '';
}

/**
 * Starts the application without a window, on its own and for good, and calls it until it answers.
 *
 * @param command the program and its first arguments
 * @throws NotStarted when there is no display, it ends at once, or it takes longer than a minute
 */
export async function startApp(
  command: readonly string[],
  paths: ProfilePaths,
): Promise<ControlClient> {
  if (!hasDisplay(process.platform, process.env)) throw new NotStarted('cli:start.no-display');
  const [program = '', ...args] = command;
  const env = { ...process.env };
  // It would start as plain Node once more.
  delete env['ELECTRON_RUN_AS_NODE'];
  const child = spawn(program, [...args, '--hidden', `--profile=${paths.profile}`], {
    env,
    detached: true,
    stdio: 'ignore',
  });
  const started = { failed: false };
  child.once('error', () => (started.failed = true));
  // One that finds another starting already ends with 0, and the other will answer.
  child.once('exit', (code) => (started.failed ||= code !== 0));
  child.unref();
  const end = Date.now() + START_WITHIN_MS;
  for (;;) {
    const client = await callControl(paths);
    if (client !== null) return client;
    if (started.failed) throw new NotStarted('cli:start.ended');
    if (Date.now() > end) throw new NotStarted('cli:start.too-long');
    await new Promise((again) => setTimeout(again, CALL_EVERY_MS));
  }
}
