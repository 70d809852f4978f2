import { spawn } from 'node:child_process';
import type { ControlClient } from './control-client';
import { callControl } from './control-client';
import type { ProfilePaths } from './profile-paths';

/** How long the application may take to start, in milliseconds: a cold disk, an old machine. */
const START_WITHIN_MS = 60_000;
/** How often it is called while it starts, in milliseconds. */
const CALL_EVERY_MS = 50;

/** Why the application was not started, as a catalogue key. */
export type StartComplaint = 'cli:start.ended' | 'cli:start.too-long';

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

/** The programs that can be started, each with its first arguments. */
export interface Startable {
  readonly app: readonly string[];
  readonly headless: readonly string[];
}

/**
 * Starts the application without a window, or without any need of one where there is no display, on its own and for
 * good, and calls it until it answers.
 *
 * @throws NotStarted when it ends at once, or takes longer than a minute
 */
export async function startApp(
  { app, headless }: Startable,
  paths: ProfilePaths,
): Promise<ControlClient> {
  const shown = hasDisplay(process.platform, process.env);
  const [program = '', ...args] = shown ? [...app, '--hidden'] : headless;
  const env = { ...process.env };
  // It would start as plain Node once more, which is right only without a display.
  if (shown) delete env['ELECTRON_RUN_AS_NODE'];
  const child = spawn(program, [...args, `--profile=${paths.profile}`], {
    env,
    detached: true,
    stdio: 'ignore',
  });
  const started = { failed: false };
  child.once('error', () => (started.failed = true));
  // An application that finds another starting already ends with 0, and the other will answer.
  child.once('exit', (code) => (started.failed ||= code !== 0));
  child.unref();
  const end = Date.now() + START_WITHIN_MS;
  for (;;) {
    // Looked at before the call: one that ended because another was quicker has left that one answering.
    const { failed } = started;
    const client = await callControl(paths);
    if (client !== null) return client;
    if (failed) throw new NotStarted('cli:start.ended');
    if (Date.now() > end) throw new NotStarted('cli:start.too-long');
    await new Promise((again) => setTimeout(again, CALL_EVERY_MS));
  }
}
