/** Looks for room on the disk before something large is fetched: some tools hang where there is none. */
import fs from 'node:fs';

const MB = 1e6;

/**
 * @param {string} folder where it will be written; must exist
 * @param {number} megabytes how many it needs
 * @param {string} what said to the person, such as `The packages`
 * @throws {Error} when there are fewer
 */
export function demandRoom(folder, megabytes, what) {
  const { bavail, bsize } = fs.statfsSync(folder);
  const free = Math.floor((bavail * bsize) / MB);
  if (free >= megabytes) return;
  throw new Error(
    `${what} need ${megabytes} MB, and the disk has ${free} MB left for ${folder}. ` +
      'Make some room, then try again.',
  );
}
