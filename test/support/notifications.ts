import { spawn } from 'node:child_process';
import { execFile } from 'node:child_process';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { until } from '../world/wait.ts';

/** What a desktop was asked to show. */
export interface Shown {
  readonly title: string;
  readonly body: string;
}

/** A desktop's own notifications: a real daemon, and what it was given. */
export interface Notifications {
  readonly shown: readonly Shown[];
  /** Clicks the newest notification. */
  click(): Promise<void>;
  stop(): Promise<void>;
}

/** One string argument, as `dbus-monitor` prints it. */
const STRING = /^ {3}string "(.*)"$/u;

/** Starts the daemon in the desktop of `env` and listens to what programs send it. */
export async function startNotifications(env: NodeJS.ProcessEnv): Promise<Notifications> {
  const stdio: ['ignore', 'pipe', 'ignore'] = ['ignore', 'pipe', 'ignore'];
  const rule = "interface='org.freedesktop.Notifications',member='Notify'";
  const monitor = spawn('dbus-monitor', ['--session', rule], { env, stdio });
  const daemon = spawn('dunst', ['-config', '/dev/null'], { env, stdio: 'ignore' });
  const shown: Shown[] = [];
  let strings: string[] | null = null;
  createInterface({ input: monitor.stdout }).on('line', (line) => {
    if (line.startsWith('method call ')) strings = [];
    const [, text] = STRING.exec(line) ?? [];
    if (text === undefined || strings === null) return;
    strings.push(text);
    // The program's name, its icon, the title, the body (Desktop Notifications specification, "Notify").
    const [, , title, body] = strings;
    if (title === undefined || body === undefined) return;
    shown.push({ title, body });
    strings = null;
  });
  const run = promisify(execFile);
  await until('the notification daemon is there', () =>
    run('dunstctl', ['is-paused'], { env }).then(
      () => true,
      () => false,
    ),
  );
  return {
    shown,
    click: async () => {
      await run('dunstctl', ['action'], { env });
    },
    stop: async () => {
      for (const child of [daemon, monitor]) child.kill();
      await until('the notification daemon has ended', () =>
        [daemon, monitor].every(
          ({ exitCode, signalCode }) => exitCode !== null || signalCode !== null,
        ),
      );
    },
  };
}
