import { resolve } from 'node:path';
import { defineConfig } from 'vite';
import { lightStart } from './build/lib/light-start.mjs';

/**
 * The application's main process, whose start the tray waits for: one file with all that it needs, and as CommonJS,
 * since only that can be run with what V8 compiled ahead (see electron/start.ts).
 */
export default defineConfig({
  // The words: a text that JSON.parse reads is compiled in no time, an object as large is not.
  json: { namedExports: false, stringify: true },
  plugins: [lightStart()],
  ssr: { noExternal: true, external: ['electron'] },
  build: {
    ssr: true,
    target: 'node20.18',
    outDir: 'out/app',
    minify: true,
    license: { fileName: 'licenses.md' },
    rolldownOptions: {
      input: { start: resolve('electron/start.ts'), main: resolve('electron/main.ts') },
      output: { format: 'cjs', entryFileNames: '[name].cjs', chunkFileNames: 'chunks/[name].cjs' },
    },
  },
});
