/**
 * An Electron program that compiles a script and ends before anything is shown. Only the main process of the very
 * Electron that will run the script can do so: V8 takes nothing from one that was started with other settings.
 * Run with: electron <this folder> SCRIPT CACHE writes what V8 made of SCRIPT into the file CACHE.
 * Run with: electron <this folder> --check SCRIPT CACHE ends with 1 when V8 would not take it.
 */
const fs = require('node:fs');
const { wrap } = require('node:module');
const v8 = require('node:v8');
const { Script } = require('node:vm');

const words = process.argv.slice(process.argv.indexOf(__dirname) + 1);
const checks = words[0] === '--check';
const [filename = '', cacheFile = ''] = checks ? words.slice(1) : words;
const source = wrap(fs.readFileSync(filename, 'utf8'));
if (checks) {
  const script = new Script(source, { filename, cachedData: fs.readFileSync(cacheFile) });
  process.exit(script.cachedDataRejected ? 1 : 0);
}
// All functions, not only what runs while the file is read. With the setting back at what it was, V8 will take it.
v8.setFlagsFromString('--no-lazy');
const script = new Script(source, { filename });
v8.setFlagsFromString('--lazy');
fs.writeFileSync(cacheFile, script.createCachedData());
process.exit(0);
