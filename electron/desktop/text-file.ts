import { open } from 'node:fs/promises';

/** More bytes than this are no text that tells of mailboxes; what is read of a longer one is then refused as too large. */
const MOST_BYTES = 4 * 1024 * 1024;

/** The beginning of a file, as text. One that is no plain file, such as a pipe, would never end: it is refused. */
export async function beginningOf(path: string): Promise<string> {
  const file = await open(path, 'r');
  try {
    const about = await file.stat();
    if (!about.isFile()) throw new Error('not a plain file');
    const size = Math.min(about.size + 1, MOST_BYTES);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(size), 0, size, 0);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await file.close();
  }
}
