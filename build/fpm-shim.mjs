#!/usr/bin/env node
/**
 * Stands in for fpm, which electron-builder calls to make a .deb, on Debian machines that have no
 * fpm: it understands the arguments that electron-builder gives, and lets dpkg-deb do the work.
 * Anything else it refuses, so that nothing is left out of a package in silence.
 *
 *   fpm-shim.mjs -s dir -t deb --name NAME --version V … SOURCE=/destination …
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** What each argument with a value sets; the same argument again adds to the list. */
const valued = {
  '-s': 'sourceType',
  '-t': 'type',
  '-d': 'Depends',
  '--deb-recommends': 'Recommends',
  '--name': 'Package',
  '--version': 'Version',
  '--iteration': 'iteration',
  '--architecture': 'Architecture',
  '--maintainer': 'Maintainer',
  '--vendor': 'Vendor',
  '--url': 'Homepage',
  '--license': 'License',
  '--category': 'Section',
  '--deb-priority': 'Priority',
  '--description': 'description',
  '--deb-compression': 'compression',
  '--after-install': 'postinst',
  '--after-remove': 'postrm',
  '--package': 'output',
  '--log': 'log',
};
const flags = new Set(['--force', '--debug']);
const controlFields = [
  ...['Package', 'Version', 'License', 'Vendor', 'Architecture', 'Maintainer', 'Depends'],
  ...['Recommends', 'Section', 'Priority', 'Homepage'],
];

/** @typedef {Record<string, string>} Settings */

/**
 * @param {string} message
 * @returns {never}
 */
function refuse(message) {
  console.error(`fpm-shim: ${message}`);
  process.exit(2);
}

/**
 * @param {readonly string[]} args
 * @returns {{ settings: Settings, files: [source: string, destination: string][] }}
 */
function parse(args) {
  /** @type {Settings} */
  const settings = { Section: 'default', Priority: 'optional', compression: 'xz' };
  /** @type {Settings} */
  const given = {};
  /** @type {[string, string][]} */
  const files = [];
  const rest = [...args];
  for (let argument = rest.shift(); argument !== undefined; argument = rest.shift()) {
    const name = /** @type {Record<string, string>} */ (valued)[argument];
    if (name !== undefined) {
      const value = rest.shift() ?? refuse(`${argument} needs a value`);
      given[name] = given[name] === undefined ? value : `${given[name]}, ${value}`;
    } else if (argument.startsWith('-')) {
      if (!flags.has(argument)) refuse(`the argument ${argument} is not known here`);
    } else {
      const at = argument.lastIndexOf('=');
      files.push([argument.slice(0, at), argument.slice(at + 1)]);
    }
  }
  return { settings: { ...settings, ...given }, files };
}

/**
 * Copies one source below the package's root, with the rights that files in a package have.
 * @param {string} source a file, or a folder whose contents are meant when it ends in a slash
 * @param {string} target
 */
function place(source, target) {
  fs.mkdirSync(path.dirname(target), { recursive: true });
  fs.cpSync(source, target, { recursive: true, verbatimSymlinks: true });
}

/**
 * @param {string} folder
 * @returns {string[]} all that is not a folder below it, after setting the rights of everything
 */
function listAndSetRights(folder) {
  fs.chmodSync(folder, 0o755);
  return fs.readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) return listAndSetRights(file);
    if (entry.isFile()) fs.chmodSync(file, fs.statSync(file).mode & 0o111 ? 0o755 : 0o644);
    return [file];
  });
}

/**
 * @param {Settings} settings
 * @param {number} installedKilobytes
 * @returns {string} the text of DEBIAN/control
 */
function control(settings, installedKilobytes) {
  const [synopsis = '', ...body] = settings.description.split('\n').map((line) => line.trim());
  const version = settings.iteration
    ? `${settings.Version}-${settings.iteration}`
    : settings.Version;
  /** @type {Settings} */
  const fields = { ...settings, Version: version };
  const lines = controlFields.filter((key) => fields[key]).map((key) => `${key}: ${fields[key]}`);
  const longText = body.map((line) => ` ${line || '.'}`);
  const size = `Installed-Size: ${installedKilobytes}`;
  return [...lines, size, `Description: ${synopsis || settings.Package}`, ...longText, ''].join(
    '\n',
  );
}

/**
 * @param {Settings} settings
 * @param {readonly [string, string][]} files
 * @param {string} root where the package's tree is laid out
 * @returns {number} dpkg-deb's exit code
 */
function build(settings, files, root) {
  for (const [source, destination] of files) place(source, path.join(root, destination));
  const all = listAndSetRights(root);
  const kilobytes = all.reduce((sum, file) => sum + Math.ceil(fs.lstatSync(file).size / 1024), 0);
  const sums = all
    .filter((file) => fs.lstatSync(file).isFile())
    .map((file) => {
      const sum = createHash('md5').update(fs.readFileSync(file)).digest('hex');
      return `${sum}  ${path.relative(root, file)}\n`;
    });
  const meta = path.join(root, 'DEBIAN');
  fs.mkdirSync(meta);
  fs.writeFileSync(path.join(meta, 'control'), control(settings, kilobytes));
  fs.writeFileSync(path.join(meta, 'md5sums'), sums.join(''));
  for (const script of ['postinst', 'postrm']) {
    if (!settings[script]) continue;
    fs.copyFileSync(settings[script], path.join(meta, script));
    fs.chmodSync(path.join(meta, script), 0o755);
  }
  /** @type {Record<string, string>} */
  const names = { gz: 'gzip', zst: 'zstd' };
  const compression = names[settings.compression] ?? settings.compression;
  const args = ['--root-owner-group', `-Z${compression}`, '--build', root, settings.output];
  return spawnSync('dpkg-deb', args, { stdio: ['ignore', 'inherit', 'inherit'] }).status ?? 1;
}

const { settings, files } = parse(process.argv.slice(2));
if (settings.sourceType !== 'dir' || settings.type !== 'deb') {
  refuse(`makes only a deb from a dir; for ${settings.type} install fpm`);
}
for (const key of ['Package', 'Version', 'Architecture', 'description', 'output']) {
  if (!settings[key]) refuse(`${key} was not given`);
}
const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'mailmole-deb-'));
try {
  process.exitCode = build(settings, files, scratch);
} finally {
  fs.rmSync(scratch, { recursive: true, force: true });
}
