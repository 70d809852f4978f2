import { resolve } from 'node:path';
import { defineConfig } from 'vite';

/**
 * The command `mailmole`, for which every millisecond counts: in one file with only what it uses of its libraries, and
 * as CommonJS, since Node takes 8 ms longer to start on an ES module. What only few verbs need stands in files of its own.
 */
export default defineConfig({
  ssr: { noExternal: ['commander', 'i18next', 'zod'] },
  build: {
    ssr: true,
    target: 'node20.18',
    outDir: 'out/cli',
    minify: true,
    license: { fileName: 'licenses.md' },
    rolldownOptions: {
      input: { cli: resolve('electron/cli.ts') },
      output: { format: 'cjs', entryFileNames: '[name].cjs', chunkFileNames: 'chunks/[name].cjs' },
    },
  },
});
