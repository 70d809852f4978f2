/** Everything a fresh machine needs before any of the npm scripts can do its work. */
import { ensureNodeModules } from './node-modules.mjs';
import { ensureSystemPackages } from './system-packages.mjs';

const MINIMUM_NODE = [20, 19];

/**
 * Checks Node, installs the npm packages, and sees to the system's own libraries.
 * @param {object} [options]
 * @param {readonly import('./system-packages.mjs').Group[]} [options.system] which system packages
 * @throws {Error} whose message tells a person what to do
 */
export async function bootstrap({ system = [] } = {}) {
  checkNode();
  await ensureSystemPackages(system);
  await ensureNodeModules();
}

/** @throws {Error} when this Node is too old */
function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const [wantedMajor, wantedMinor] = MINIMUM_NODE;
  if (major > wantedMajor || (major === wantedMajor && minor >= wantedMinor)) return;
  throw new Error(
    `Mailmole needs Node ${MINIMUM_NODE.join('.')} or newer; this is Node ${process.versions.node}.`,
  );
}
