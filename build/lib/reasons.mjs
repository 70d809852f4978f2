/** What an error of the system means for the person who typed a command, and what they can do. */
import { cacheFolder } from './paths.mjs';

/**
 * @param {NodeJS.ErrnoException} error
 * @returns {string} sentences; errors that are not the system's say what they mean themselves
 */
export function reasonOf(error) {
  const { code, path } = error;
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return `The disk has no room left${path ? ` for ${path}` : ''}. Make some, then try again.`;
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return path ? `You may not use ${path}. ${wayOut(path)}` : error.message;
    default:
      return error.message;
  }
}

/** @param {string} path */
function wayOut(path) {
  return path.startsWith(cacheFolder())
    ? 'Name a folder that you may write to in MAILMOLE_CACHE, then try again.'
    : 'Become its owner, or work in a copy of the project that is yours.';
}
