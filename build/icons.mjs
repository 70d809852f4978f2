/**
 * Makes every icon the application ships from the drawings in assets/: `node build/icons.mjs [--out FOLDER]`.
 * FOLDER is out/icons unless given. Nothing is done while the drawings and this script are unchanged.
 *
 * What it writes (STATE is one of TRAY_STATES, THEME is `light` or `dark`):
 *
 *   png/NxN.png                       application icon; N of PNG_SIZES (Linux packages, windows)
 *   icon.ico                          application icon; ICO_SIZES (Windows)
 *   icon.icns                         application icon; 16 to 512, each also at twice the density (macOS)
 *   tray/THEME/STATE@N.png            tray icon; N of TRAY_SIZES. `light` is dark ink for light panels,
 *                                     `dark` is light ink for dark panels
 *   tray/THEME/STATE.ico              the same for Windows; TRAY_ICO_SIZES
 *   tray/template/STATETemplate.png   black ink, 16 pixels: a macOS template image …
 *   tray/template/STATETemplate@2x.png  … and its 32 pixel form, which Electron finds by its name
 *   inputs.sha256                     what the files above were made from
 *
 * `working-1`, `working-2`, `working-3` are the frames of one movement; `working-2` is the one to
 * show when motion is reduced.
 */
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const SCRIPT = fileURLToPath(import.meta.url);
const ROOT = path.resolve(path.dirname(SCRIPT), '..');
const ASSETS = path.join(ROOT, 'assets');
const STAMP = 'inputs.sha256';

export const TRAY_STATES = [
  'off',
  'ready',
  'working-1',
  'working-2',
  'working-3',
  'on',
  'needs-you',
  'problem',
];
export const TRAY_SIZES = [16, 22, 24, 32, 48];
export const TRAY_ICO_SIZES = [16, 20, 24, 32];
export const PNG_SIZES = [16, 22, 24, 32, 48, 64, 128, 256, 512, 1024];
export const ICO_SIZES = [16, 20, 24, 32, 40, 48, 64, 128, 256];

/** Which size in pixels each entry of an ICNS file holds. */
const ICNS_ENTRIES = {
  is32: 16,
  s8mk: 16,
  il32: 32,
  l8mk: 32,
  ic11: 32,
  ic12: 64,
  ic07: 128,
  ic13: 256,
  ic08: 256,
  ic14: 512,
  ic09: 512,
  ic10: 1024,
};

/** The drawings carry `currentColor` and the two signal colours of the light theme; a theme replaces all three. */
const SIGNALS = { attention: '#9A6200', problem: '#B3362B' };
const THEMES = {
  light: { ink: '#24211E', ...SIGNALS },
  dark: { ink: '#F1EEEA', attention: '#E6B450', problem: '#F08A7E' },
};
const TEMPLATE = { ink: '#000000', attention: '#000000', problem: '#000000' };

/** From here up Windows reads PNG inside an ICO everywhere; below, some of its dialogs want bitmaps. */
const ICO_PNG_FROM = 64;

/**
 * The frame of a tray drawing for a size, chosen so that strokes fall on whole pixels: 16 and its
 * multiples use the 16 grid; 22 has drawings of its own, cropped for 20 and padded for 24.
 */
function trayFrame(size) {
  if (size % 16 === 0) return { folder: 'tray', viewBox: '0 0 16 16' };
  const margin = (size - 22) / 2;
  return { folder: 'tray/22', viewBox: `${-margin} ${-margin} ${size} ${size}` };
}

function readDrawing(name) {
  return readFileSync(path.join(ASSETS, `${name}.svg`), 'utf8');
}

function reframe(svg, viewBox) {
  return svg.replace(/viewBox="[^"]*"/, `viewBox="${viewBox}"`);
}

function recolour(svg, theme) {
  return svg
    .replaceAll('currentColor', theme.ink)
    .replaceAll(SIGNALS.attention, theme.attention)
    .replaceAll(SIGNALS.problem, theme.problem);
}

function trayDrawing(state, size, theme) {
  const { folder, viewBox } = trayFrame(size);
  return recolour(reframe(readDrawing(`${folder}/${state}`), viewBox), theme);
}

/** macOS wants the tile's wide margin; elsewhere icons fill their square, so most of it is trimmed. */
function applicationDrawing(size, platform) {
  if (size <= 48) return readDrawing('icon-small');
  const svg = readDrawing('icon');
  return platform === 'mac' ? svg : reframe(svg, '56 56 912 912');
}

/** One bitmap entry of an ICO file: header, pixels from the bottom up as BGRA, and an empty AND mask. */
function icoBitmap(image) {
  const { width, height, pixels } = image;
  const header = Buffer.alloc(40);
  header.writeUInt32LE(40, 0);
  header.writeInt32LE(width, 4);
  header.writeInt32LE(height * 2, 8); // Colour and mask are counted together.
  header.writeUInt16LE(1, 12);
  header.writeUInt16LE(32, 14);
  const colour = Buffer.alloc(width * height * 4);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const from = (y * width + x) * 4;
      const to = ((height - 1 - y) * width + x) * 4;
      const alpha = pixels[from + 3];
      // resvg's colours are multiplied by alpha, ICO's are not.
      const straight = (value) => (alpha === 0 ? 0 : Math.round((value * 255) / alpha));
      colour[to] = straight(pixels[from + 2]);
      colour[to + 1] = straight(pixels[from + 1]);
      colour[to + 2] = straight(pixels[from]);
      colour[to + 3] = alpha;
    }
  }
  const mask = Buffer.alloc(Math.ceil(width / 32) * 4 * height);
  return Buffer.concat([header, colour, mask]);
}

/** Written here because png2icons scales one picture to all sizes, and ours are drawn size by size. */
function makeIco(images) {
  const bodies = images.map((image) =>
    image.width >= ICO_PNG_FROM ? image.asPng() : icoBitmap(image),
  );
  const directory = Buffer.alloc(6 + 16 * images.length);
  directory.writeUInt16LE(1, 2);
  directory.writeUInt16LE(images.length, 4);
  let offset = directory.length;
  images.forEach((image, index) => {
    const at = 6 + 16 * index;
    directory.writeUInt8(image.width % 256, at); // 256 is written as 0.
    directory.writeUInt8(image.height % 256, at + 1);
    directory.writeUInt16LE(1, at + 4);
    directory.writeUInt16LE(32, at + 6);
    directory.writeUInt32LE(bodies[index].length, at + 8);
    directory.writeUInt32LE(offset, at + 12);
    offset += bodies[index].length;
  });
  return Buffer.concat([directory, ...bodies]);
}

/** Keeps of each ICNS file only the entries of the picture's own size, so that nothing in the result was scaled. */
function makeIcns(draw, png2icons) {
  const chunks = [];
  for (const size of new Set(Object.values(ICNS_ENTRIES))) {
    png2icons.clearCache();
    const file = png2icons.createICNS(draw(size).asPng(), png2icons.NEAREST_NEIGHBOR, 0);
    if (!file) throw new Error(`png2icons could not encode the ${size} pixel icon.`);
    for (let at = 8; at < file.length; at += file.readUInt32BE(at + 4)) {
      const type = file.toString('latin1', at, at + 4);
      if (ICNS_ENTRIES[type] === size)
        chunks.push(file.subarray(at, at + file.readUInt32BE(at + 4)));
    }
  }
  const header = Buffer.from('icns\0\0\0\0', 'latin1');
  header.writeUInt32BE(
    chunks.reduce((sum, chunk) => sum + chunk.length, 8),
    4,
  );
  return Buffer.concat([header, ...chunks]);
}

/** Every file by name, with the function that makes its bytes; nothing is drawn until it is called. */
function plan(render, png2icons) {
  const files = new Map();
  const application = (size, platform) => render(applicationDrawing(size, platform), size);
  for (const size of PNG_SIZES) {
    files.set(`png/${size}x${size}.png`, () => application(size, 'linux').asPng());
  }
  files.set('icon.ico', () => makeIco(ICO_SIZES.map((size) => application(size, 'windows'))));
  files.set('icon.icns', () => makeIcns((size) => application(size, 'mac'), png2icons()));
  for (const state of TRAY_STATES) {
    const tray = (size, theme) => render(trayDrawing(state, size, theme), size);
    for (const [name, theme] of Object.entries(THEMES)) {
      for (const size of TRAY_SIZES) {
        files.set(`tray/${name}/${state}@${size}.png`, () => tray(size, theme).asPng());
      }
      files.set(`tray/${name}/${state}.ico`, () =>
        makeIco(TRAY_ICO_SIZES.map((size) => tray(size, theme))),
      );
    }
    files.set(`tray/template/${state}Template.png`, () => tray(16, TEMPLATE).asPng());
    files.set(`tray/template/${state}Template@2x.png`, () => tray(32, TEMPLATE).asPng());
  }
  return files;
}

function listFiles(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .map((name) => name.split(path.sep).join('/'))
    .sort();
}

/** A hash over this script, the drawings and the versions of the two encoders. */
function hashInputs(require) {
  const hash = createHash('sha256').update(readFileSync(SCRIPT));
  for (const name of listFiles(ASSETS).filter((file) => file.endsWith('.svg'))) {
    hash.update(`\n${name}\n`).update(readFileSync(path.join(ASSETS, name)));
  }
  for (const encoder of ['@resvg/resvg-js', 'png2icons']) {
    hash.update(`\n${encoder} ${require(`${encoder}/package.json`).version}`);
  }
  return hash.digest('hex');
}

/** Renames into place, so that a reader at the same moment sees the old file or the new one, never half of one. */
function save(file, bytes) {
  mkdirSync(path.dirname(file), { recursive: true });
  const part = `${file}.${process.pid}.part`;
  writeFileSync(part, bytes);
  renameSync(part, file);
}

/**
 * Brings the icons in `outDir` up to date.
 * @param {string} [outDir] folder to write to; out/icons of the project unless given
 * @returns {{ made: boolean, count: number }} whether anything had to be made, and how many files there are
 * @throws when a drawing is missing or cannot be rendered
 */
export function generateIcons(outDir = path.join(ROOT, 'out', 'icons')) {
  const require = createRequire(import.meta.url);
  // The encoders are loaded only when there is something to draw: the usual run has nothing to do.
  const render = (svg, size) => {
    const { Resvg } = require('@resvg/resvg-js');
    // The drawings hold no text; looking for the system's fonts would take most of the time.
    const options = { fitTo: { mode: 'width', value: size }, font: { loadSystemFonts: false } };
    return new Resvg(svg, options).render();
  };
  const files = plan(render, () => require('png2icons'));
  const stamp = path.join(outDir, STAMP);
  const hash = hashInputs(require);
  const present = new Set(listFiles(outDir));
  const upToDate =
    present.has(STAMP) &&
    readFileSync(stamp, 'utf8').trim() === hash &&
    [...files.keys()].every((name) => present.has(name));
  if (upToDate) return { made: false, count: files.size };

  rmSync(stamp, { force: true });
  for (const [name, make] of files) save(path.join(outDir, name), make());
  for (const name of present) {
    if (!files.has(name) && name !== STAMP) rmSync(path.join(outDir, name), { force: true });
  }
  save(stamp, `${hash}\n`);
  return { made: true, count: files.size };
}

if (process.argv[1] && path.resolve(process.argv[1]) === SCRIPT) {
  const { values } = parseArgs({ options: { out: { type: 'string' } } });
  const started = performance.now();
  const { made, count } = generateIcons(values.out && path.resolve(values.out));
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(
    made ? `Icons: ${count} files made in ${seconds} s.` : `Icons: ${count} files up to date.`,
  );
}
