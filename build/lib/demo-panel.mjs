/**
 * A picture of the panel with the tray icon's menu open, as a person sees it. It takes xdotool for
 * the mouse and ImageMagick for the picture; without them there is none.
 */
import { spawn } from 'node:child_process';
import { run, runOrThrow } from './run.mjs';
import { findProgram } from './system-packages.mjs';
import { until } from './demo-until.mjs';

/** The panel of the virtual desktop, in pixels; see display.mjs and xfce4-panel.xml. */
const SCREEN = { width: 1280, height: 800 };
const PANEL_HEIGHT = 32;
/** What is kept of the screen: the panel's right end and what hangs from it. */
const KEPT = { width: 520, height: 300 };
/** Tray icons stand right of here, open windows left. */
const ICONS_FROM = SCREEN.width / 2;
/** Darker than this is ink and not ground, from 0 to 255. */
const INK = 96;

/**
 * @param {string} file
 * @param {NodeJS.ProcessEnv} env names the virtual desktop
 * @returns {Promise<boolean>} whether there is a picture now
 */
export async function pictureOfMenu(file, env) {
  // On a person's own screen the mouse is theirs.
  if (!env.MAILMOLE_DESKTOP || !findProgram('xdotool') || !findProgram('import')) return false;
  const icon = await findIcon(env);
  if (icon === undefined) return false;
  const before = await pixels(env, below());
  const y = String(PANEL_HEIGHT / 2);
  await mouse(env, 'mousemove', String(icon), y, 'click', '3');
  let last = before;
  await until('the menu is drawn', async () => {
    const now = await pixels(env, below());
    const isStill = now.equals(last) && !now.equals(before);
    last = now;
    return isStill;
  });
  // Out of the way, so that no entry is marked.
  await mouse(env, 'mousemove', '1', String(SCREEN.height - 1));
  const { width, height } = KEPT;
  const crop = `${width}x${height}+${SCREEN.width - width}+0`;
  const args = ['-silent', '-window', 'root', '-crop', crop, '+repage', file];
  await runOrThrow('import', args, { env, output: 'pipe' });
  await mouse(env, 'key', 'Escape');
  return true;
}

/**
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<number | undefined>} the middle of the first icon, from the screen's left edge
 */
async function findIcon(env) {
  const width = SCREEN.width - ICONS_FROM;
  const gray = await pixels(env, `${width}x${PANEL_HEIGHT - 8}+${ICONS_FROM}+4`);
  const hasInk = Array.from({ length: width }, (_, x) => {
    for (let at = x; at < gray.length; at += width) if (gray[at] < INK) return true;
    return false;
  });
  const start = hasInk.indexOf(true);
  if (start < 0) return undefined;
  const end = hasInk.indexOf(false, start);
  return Math.round(ICONS_FROM + (start + (end < 0 ? width : end)) / 2);
}

/** The part of the screen that a menu of the panel covers. */
function below() {
  const { width, height } = KEPT;
  return `${width}x${height - PANEL_HEIGHT}+${SCREEN.width - width}+${PANEL_HEIGHT}`;
}

/**
 * @param {NodeJS.ProcessEnv} env
 * @param {string} crop
 * @returns {Promise<Buffer>} one byte of brightness for each pixel
 */
async function pixels(env, crop) {
  const args = ['-silent', '-window', 'root', '-crop', crop, '-depth', '8', 'gray:-'];
  const child = spawn('import', args, { env, stdio: ['ignore', 'pipe', 'ignore'] });
  const chunks = [];
  for await (const chunk of child.stdout) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/**
 * @param {NodeJS.ProcessEnv} env
 * @param {...string} args
 */
async function mouse(env, ...args) {
  await run('xdotool', args, { env, output: 'pipe' });
}
