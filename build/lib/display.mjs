/**
 * A desktop of one's own, for machines without a screen: an X server in memory, a private session
 * bus, its own home folder and, when asked, a window manager and a panel that hosts tray icons.
 * Nothing of the person's own desktop shows through, and nothing of it is left afterwards.
 */
import { spawn } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { onInterrupt } from './interrupt.mjs';
import { cacheFolder } from './paths.mjs';
import { endProcesses, markedProcesses } from './processes.mjs';
import { runOrThrow } from './run.mjs';

const MARK = 'MAILMOLE_DESKTOP';
const START_TIMEOUT_MS = 30_000;
const here = path.dirname(fileURLToPath(import.meta.url));

/** @returns {boolean} whether a window opened now would have somewhere to appear */
export function hasDisplay() {
  if (process.platform !== 'linux') return true;
  return Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);
}

/**
 * Runs `work` in a desktop that ends with it, also when it throws or a signal interrupts it.
 * @template T
 * @param {import('./display.mjs').DesktopOptions} options
 * @param {(env: Record<string, string>) => Promise<T>} work gets the environment for its programs
 * @returns {Promise<T>}
 */
export async function withDesktop(options, work) {
  const desktop = await startDesktop(options);
  try {
    return await work(desktop.env);
  } finally {
    await desktop.stop();
  }
}

/**
 * Starts a desktop; `withDesktop` is the safer form.
 * @param {import('./display.mjs').DesktopOptions} [options]
 * @returns {Promise<import('./display.mjs').Desktop>}
 * @throws {Error} with the failing part's own words
 */
export async function startDesktop({
  panel = false,
  screen = '1280x800x24',
  picture = false,
} = {}) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'mailmole-desktop-'));
  const id = randomUUID();
  /** @type {Promise<void> | undefined} */
  let stopped;
  const stop = () => (stopped ??= tearDown());
  const tearDown = async () => {
    await endProcesses(() => markedProcesses(MARK, id));
    fs.rmSync(folder, { recursive: true, force: true });
    // A signal in the middle of this waits for its end, so the registration goes last.
    release();
  };
  const release = onInterrupt(stop);
  const env = makeEnvironment(folder, id);
  try {
    env.DISPLAY = await startScreen(env, folder, screen, picture ? ['-fbdir', folder] : []);
    if (picture) env.MAILMOLE_SCREEN = path.join(folder, 'Xvfb_screen0');
    env.DBUS_SESSION_BUS_ADDRESS = await startBus(env, folder);
    if (panel) await startPanel(env, folder);
  } catch (error) {
    const logs = readLogs(folder);
    await stop();
    throw new Error(`The virtual desktop did not start: ${error.message}\n${logs}`.trimEnd());
  }
  return { env, stop, startPanel: () => startPanel(env, folder) };
}

/**
 * @param {string} folder
 * @param {string} id
 * @returns {Record<string, string>}
 */
function makeEnvironment(folder, id) {
  const foreign =
    /^(WAYLAND_|XDG_(?!CONFIG_DIRS|DATA_DIRS)|ELECTRON_RUN_AS_NODE$|DBUS_|GNOME_|KDE_|DESKTOP_SESSION$|SESSION_MANAGER$|SSH_A)/;
  const inherited = Object.entries(process.env).filter(([name]) => !foreign.test(name));
  const place = (/** @type {string} */ name) => {
    const made = path.join(folder, name);
    fs.mkdirSync(made, { mode: 0o700 });
    return made;
  };
  return {
    ...Object.fromEntries(inherited),
    // A desktop inside another carries both marks, so that the outer one ends what the inner left.
    [MARK]: `${process.env[MARK] ?? ''}/${id}`,
    // The cache of Electron stays where it is, although the home folder moves.
    MAILMOLE_CACHE: cacheFolder(),
    HOME: place('home'),
    XDG_RUNTIME_DIR: place('run'),
    XDG_CONFIG_HOME: place('config'),
    XDG_CACHE_HOME: place('cache'),
    XDG_DATA_HOME: place('data'),
    XDG_STATE_HOME: place('state'),
    XAUTHORITY: writeAuthority(path.join(folder, 'xauthority')),
    LANG: 'C.UTF-8',
    NO_AT_BRIDGE: '1',
    GTK_A11Y: 'none',
  };
}

/**
 * Writes the secret without which no program reaches the screen, in the format of Xauthority files:
 * big-endian lengths, the family that fits every host, and an empty number that fits every display.
 * @param {string} file
 */
function writeAuthority(file) {
  const field = (/** @type {Buffer} */ bytes) => {
    const length = Buffer.alloc(2);
    length.writeUInt16BE(bytes.length);
    return Buffer.concat([length, bytes]);
  };
  const fields = ['', '', 'MIT-MAGIC-COOKIE-1'].map((text) => field(Buffer.from(text)));
  const entry = Buffer.concat([Buffer.from([0xff, 0xff]), ...fields, field(randomBytes(16))]);
  fs.writeFileSync(file, entry, { mode: 0o600 });
  return file;
}

/**
 * @param {Record<string, string>} env
 * @param {string} folder
 * @param {string} screen
 * @param {string[]} more further arguments
 * @returns {Promise<string>} the value for DISPLAY; the X server picks a number that is free
 */
async function startScreen(env, folder, screen, more) {
  const args = [
    ...more,
    '-screen',
    '0',
    screen,
    '-nolisten',
    'tcp',
    '-noreset',
    '-auth',
    env.XAUTHORITY,
  ];
  return `:${await startAndRead('Xvfb', ['-displayfd', '3', ...args], env, folder)}`;
}

/**
 * @param {Record<string, string>} env
 * @param {string} folder
 * @returns {Promise<string>} the bus's address
 */
async function startBus(env, folder) {
  const address = `unix:path=${path.join(env.XDG_RUNTIME_DIR, 'bus')}`;
  const args = ['--session', '--nofork', '--print-address=3', `--address=${address}`];
  return startAndRead('dbus-daemon', args, env, folder);
}

/**
 * @param {Record<string, string>} env
 * @param {string} folder
 */
async function startPanel(env, folder) {
  const settings = path.join(env.XDG_CONFIG_HOME, 'xfce4', 'xfconf', 'xfce-perchannel-xml');
  fs.mkdirSync(settings, { recursive: true });
  fs.copyFileSync(path.join(here, 'xfce4-panel.xml'), path.join(settings, 'xfce4-panel.xml'));
  start('xfwm4', ['--compositor=off'], env, folder);
  // The panel itself waits for the window manager, so both are there once it hosts icons.
  start('xfce4-panel', [], env, folder);
  const seconds = String(START_TIMEOUT_MS / 1000);
  const wait = ['wait', '--session', '--timeout', seconds, 'org.kde.StatusNotifierWatcher'];
  await runOrThrow('gdbus', wait, { env, output: 'pipe' });
}

/**
 * Starts a program of the desktop in a process group of its own, so that Ctrl-C in a terminal
 * reaches us alone and we end things in order. The kernel ends it should we be killed outright.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {Record<string, string>} env
 * @param {string} folder its output goes to a log here
 * @param {'ignore' | 'pipe'} [channel] what its file descriptor 3 is
 */
function start(program, args, env, folder, channel = 'ignore') {
  const log = fs.openSync(path.join(folder, `${program}.log`), 'a');
  const stdio = /** @type {const} */ (['ignore', log, log, channel]);
  const command = ['--pdeathsig', 'TERM', program, ...args];
  const child = spawn('setpriv', command, { env, cwd: folder, stdio: [...stdio], detached: true });
  fs.closeSync(log);
  // One that cannot start is missed by whoever waits for what it should have said.
  child.on('error', () => undefined);
  child.unref();
  return child;
}

/**
 * Starts a program and reads the line that it writes to file descriptor 3 once it is ready.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {Record<string, string>} env
 * @param {string} folder
 * @returns {Promise<string>}
 */
async function startAndRead(program, args, env, folder) {
  const child = start(program, args, env, folder, 'pipe');
  const channel = /** @type {import('node:net').Socket} */ (child.stdio[3]);
  const timer = setTimeout(() => channel.destroy(), START_TIMEOUT_MS);
  try {
    let text = '';
    for await (const chunk of channel.setEncoding('utf8')) {
      text += chunk;
      if (text.includes('\n')) return text.trim();
    }
  } finally {
    clearTimeout(timer);
  }
  throw new Error(`${program} did not get ready.`);
}

/** @param {string} folder */
function readLogs(folder) {
  const logs = fs.readdirSync(folder).filter((name) => name.endsWith('.log'));
  return logs
    .map((name) => `${name}: ${fs.readFileSync(path.join(folder, name), 'utf8')}`)
    .join('');
}
