/**
 * Finds the Electron that development and tests run on:
 *   1. the folder named by ELECTRON_OVERRIDE_DIST_PATH,
 *   2. the official download in node_modules/electron, fetched now when it is absent,
 *   3. the pinned fallback of electron-fallback.mjs.
 *
 * `node build/lib/electron-runtime.mjs --print` prints its executable, `--print-dist` its folder.
 */
import fs from 'node:fs';
import path from 'node:path';
import { bootstrap } from './bootstrap.mjs';
import { buildFallback, fallbackExists, fallbackFolder } from './electron-fallback.mjs';
import { undoAtEnd } from './interrupt.mjs';
import { withLock } from './lock.mjs';
import { cacheFolder, root } from './paths.mjs';
import { bytesIn, megabytes, say, withTicks } from './progress.mjs';
import { run } from './run.mjs';
import { isMain, script } from './script.mjs';

/**
 * @typedef {object} ElectronRuntime
 * @property {string} executable
 * @property {string} dist the folder that holds it
 * @property {string} version such as `33.2.1`
 * @property {'override' | 'official' | 'fallback'} source
 */

const electronPackage = path.join(root, 'node_modules', 'electron');
const officialDist = path.join(electronPackage, 'dist');
/** How long a failed official download is remembered, so that the next runs need not wait for it. */
const FAILURE_HOLDS_MS = 60 * 60 * 1000;
/** The official download is given up when it has brought nothing new for this long. */
const STALL_MS = 8_000;

/**
 * Finds the run-time, fetching it when needed, and says in one line which one it took.
 * @returns {Promise<ElectronRuntime>}
 * @throws {Error} when there is none and none can be fetched
 */
export async function ensureElectron() {
  const lock = path.join(cacheFolder(), 'electron.lock');
  const runtime = find() ?? (await withLock(lock, 'fetching Electron', fetchRuntime));
  say(`Using Electron ${runtime.version} (${runtime.source}) from ${runtime.dist}`);
  return runtime;
}

/** @returns {ElectronRuntime | undefined} what is here and needs no second try of the download */
function find() {
  const override = process.env.ELECTRON_OVERRIDE_DIST_PATH;
  if (override) {
    const runtime = describe(override, 'override');
    if (runtime) return runtime;
    throw new Error(`ELECTRON_OVERRIDE_DIST_PATH names ${override}, which holds no Electron.`);
  }
  const official = describe(officialDist, 'official');
  if (official) return official;
  return failedLately() ? describe(fallbackFolder(), 'fallback') : undefined;
}

/** @returns {Promise<ElectronRuntime>} */
async function fetchRuntime() {
  const found = find();
  if (found) return found;
  if (!failedLately()) {
    await downloadOfficial();
    const official = describe(officialDist, 'official');
    if (official) return official;
    fs.writeFileSync(failureMark(), '');
  }
  if (!fallbackExists()) {
    throw new Error(
      'Electron could not be downloaded. Connect to the internet and try again, or unpack an ' +
        'Electron by hand and name its folder in ELECTRON_OVERRIDE_DIST_PATH.',
    );
  }
  if (!describe(fallbackFolder(), 'fallback')) await buildFallback();
  const fallback = describe(fallbackFolder(), 'fallback');
  if (!fallback) throw new Error(`The unpacked Electron in ${fallbackFolder()} is incomplete.`);
  return fallback;
}

/** Runs Electron's own installer once, for as long as it gets on. */
async function downloadOfficial() {
  const scratch = fs.mkdtempSync(path.join(cacheFolder(), 'downloading-'));
  const discard = () => fs.rmSync(scratch, { recursive: true, force: true });
  const keepOff = undoAtEnd(discard);
  const stalled = new AbortController();
  let bytes = 0;
  let changed = Date.now();
  const watch = setInterval(() => {
    const now = bytesIn(scratch) + bytesIn(officialDist);
    if (now !== bytes) changed = Date.now();
    bytes = now;
    if (Date.now() - changed > STALL_MS) stalled.abort();
  }, 500);
  const env = { ...process.env, TMPDIR: scratch, TEMP: scratch, ELECTRON_GET_NO_PROGRESS: '1' };
  const options = { env, output: /** @type {const} */ ('pipe'), abort: stalled.signal };
  try {
    const { code } = await withTicks(
      "Downloading Electron's official run-time",
      () => run(process.execPath, [path.join(electronPackage, 'install.js')], options),
      () => megabytes(scratch),
    );
    if (code !== 0) say('The official download cannot be reached from here.');
  } finally {
    clearInterval(watch);
    keepOff();
    discard();
  }
}

function failureMark() {
  return path.join(cacheFolder(), 'official-download-failed');
}

function failedLately() {
  const when = fs.statSync(failureMark(), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return Date.now() - when < FAILURE_HOLDS_MS;
}

/**
 * @param {string} dist
 * @param {ElectronRuntime['source']} source
 * @returns {ElectronRuntime | undefined} undefined when the folder holds no complete run-time
 */
function describe(dist, source) {
  /** @type {Partial<Record<NodeJS.Platform, string>>} */
  const inside = { darwin: 'Electron.app/Contents/MacOS/Electron', win32: 'electron.exe' };
  const executable = path.join(dist, inside[process.platform] ?? 'electron');
  const versionFile = path.join(dist, 'version');
  if (!fs.existsSync(executable) || !fs.existsSync(versionFile)) return undefined;
  const version = fs.readFileSync(versionFile, 'utf8').trim().replace(/^v/, '');
  return { executable, dist, version, source };
}

if (isMain(import.meta.url)) {
  script(async () => {
    await bootstrap();
    const runtime = await ensureElectron();
    console.log(process.argv.includes('--print-dist') ? runtime.dist : runtime.executable);
  });
}
