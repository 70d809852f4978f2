import { lstatSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ProfilePaths } from './profile-paths';

/** Why a folder is not private, as a catalogue key. */
export type FolderComplaint =
  'cli:folder.missing' | 'cli:folder.not-a-folder' | 'cli:folder.not-ours' | 'cli:folder.open';

/** The folder that should be private is not, and nothing may be said or heard in it. */
export class UnsafeFolder extends Error {
  readonly folder: string;
  readonly complaint: FolderComplaint;

  constructor(folder: string, complaint: FolderComplaint) {
    super(`${folder} is not private (${complaint})`);
    this.folder = folder;
    this.complaint = complaint;
  }
}

const OTHERS = 0o077;

/** Judges a folder: it must be one, be this user's, and let nobody else in. On Windows its place in the profile counts. */
function complaintAboutFolder(folder: string): FolderComplaint | null {
  const stat = lstatSync(folder, { throwIfNoEntry: false });
  if (stat === undefined) return 'cli:folder.missing';
  // Of a link, nobody knows where it will lead a moment later.
  if (!stat.isDirectory()) return 'cli:folder.not-a-folder';
  const uid = process.getuid?.();
  if (uid === undefined) return null;
  if (stat.uid !== uid) return 'cli:folder.not-ours';
  return (stat.mode & OTHERS) === 0 ? null : 'cli:folder.open';
}

/**
 * Makes the folder for its owner only, or makes sure that the one there is so.
 *
 * @throws UnsafeFolder when it is somebody else's, open to others, or no folder. It is not mended: who opened it may
 *   be waiting inside.
 */
export function preparePrivateFolder(folder: string): void {
  mkdirSync(dirname(folder), { recursive: true });
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  demandPrivateFolder(folder);
}

/** @throws UnsafeFolder */
export function demandPrivateFolder(folder: string): void {
  const complaint = complaintAboutFolder(folder);
  if (complaint !== null) throw new UnsafeFolder(folder, complaint);
}

/** Says in the profile where the socket is, for its owner only. */
export function writePointer(pointer: string, socketPath: string): void {
  // As it stands there from the last start: then a full disk is no reason not to serve.
  if (readPointer(pointer) === socketPath) return;
  const fresh = `${pointer}.new`;
  writeFileSync(fresh, socketPath, { mode: 0o600 });
  renameSync(fresh, pointer);
}

/**
 * Says beside the socket whose it is, for the system's scripts that look for every Mailmole that runs (see
 * build/linux/network-changed). The returned function takes that back.
 */
export function nameProfile({ socketPath, profile }: ProfilePaths): () => void {
  if (process.platform === 'win32') return () => undefined;
  const file = `${socketPath.replace(/\.sock$/u, '')}.profile`;
  writeFileSync(file, `${profile}\n`, { mode: 0o600 });
  return () => rmSync(file, { force: true });
}

/** Where the profile's socket is; null when none was ever made. */
export function readPointer(pointer: string): string | null {
  try {
    return readFileSync(pointer, 'utf8').trim() || null;
  } catch {
    return null;
  }
}

/** The file by which a caller proves to be of the folder's owner; see docs/security.md. */
function proofFile(folder: string, challenge: string): string {
  return join(folder, `proof-${challenge}`);
}

/** The caller's half of the proof: a file of the name that the program chose. The system writes down whose it is. */
export function makeProof(folder: string, challenge: string): () => void {
  const file = proofFile(folder, challenge);
  writeFileSync(file, '', { flag: 'wx', mode: 0o600 });
  return () => rmSync(file, { force: true });
}

/** The program's half: is the file there, and this user's? It is taken away. */
export function takeProof(folder: string, challenge: string): boolean {
  const file = proofFile(folder, challenge);
  const stat = lstatSync(file, { throwIfNoEntry: false });
  if (stat === undefined) return false;
  rmSync(file, { force: true });
  const uid = process.getuid?.();
  return stat.isFile() && stat.nlink === 1 && (uid === undefined || stat.uid === uid);
}
