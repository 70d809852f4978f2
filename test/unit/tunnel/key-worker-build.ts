import { symlink } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'vite';
import type { WorldFolder } from '../../world/world-folder';

/** Compiles the key worker into a folder, since a worker thread reads JavaScript only; returns where it lies. */
export async function buildKeyWorker(folder: WorldFolder): Promise<URL> {
  await build({
    configFile: false,
    logLevel: 'error',
    build: {
      ssr: path.resolve('electron/tunnel/key-worker.ts'),
      outDir: folder.file('worker'),
      emptyOutDir: true,
      rolldownOptions: { output: { entryFileNames: 'key-worker.mjs' } },
    },
  });
  await symlink(path.resolve('node_modules'), folder.file('node_modules'));
  return pathToFileURL(folder.file('worker', 'key-worker.mjs'));
}
