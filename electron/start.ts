import { readFileSync } from 'node:fs';
import Module, { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Script } from 'node:vm';

/**
 * The entry: runs main.cjs with what V8 made of it when it was built, so that no start has to compile it again. That
 * file stands beside it (see build/lib/code-cache.mjs) and is good for one version of Electron on one kind of machine;
 * V8 looks whether it fits. Without it, or when it does not fit, the start takes some 25 ms longer.
 */
const file = join(import.meta.dirname, 'main.cjs');
const { platform, arch, versions } = process;
const cachedData = readIfThere(`${file}.${platform}-${arch}-${versions.electron}.cache`);
const script = new Script(Module.wrap(readFileSync(file, 'utf8')), {
  filename: file,
  ...(cachedData === null ? {} : { cachedData }),
});
type Run = (
  exports: object,
  require: NodeJS.Require,
  module: { exports: object },
  filename: string,
  folder: string,
) => void;
const run = script.runInThisContext() as Run;
const module = { exports: {} };
run(module.exports, createRequire(file), module, file, dirname(file));

function readIfThere(path: string): Buffer | null {
  try {
    return readFileSync(path);
  } catch {
    return null;
  }
}
