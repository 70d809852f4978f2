#!/usr/bin/env node
/**
 * The command `mailmole` of a checkout: what the packages' launcher does, with what `npm run build` made. A verb starts
 * the application as `npm start` does when none runs.
 */
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { outFolder, root } from './lib/paths.mjs';

const start = path.join(root, 'build', 'start.mjs');
process.env.MAILMOLE_APP ??= JSON.stringify([process.execPath, start]);

const [first] = process.argv.slice(2).filter((word, at, words) => {
  return !word.startsWith('--profile') && words[at - 1] !== '--profile';
});
const script = first === '--headless' ? 'main/headless.js' : 'cli/cli.cjs';
const built = path.join(outFolder, script);
if (first === undefined || first === '--hidden') {
  await import(pathToFileURL(start).href);
} else if (fs.existsSync(built)) {
  await import(pathToFileURL(built).href);
} else {
  console.error(`mailmole: ${built} is missing. Make it with “npm run build”.`);
  process.exitCode = 1;
}
