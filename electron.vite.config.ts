import { resolve } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'electron-vite';
import { lightStart } from './build/lib/light-start.mjs';

/**
 * Three outputs: the processes that help the main one (it is built on its own, see app.vite.config.ts), the preload
 * script (CommonJS, since sandboxed preload scripts cannot be ES modules), and the windows' pages. The command is built
 * on its own, see cli.vite.config.ts.
 */
export default defineConfig({
  main: {
    // The words: a text that JSON.parse reads is compiled in no time, an object as large is not.
    json: { namedExports: false, stringify: true },
    plugins: [lightStart()],
    build: {
      minify: true,
      // Of what is built in; who hands the program on hands these on with it.
      license: { fileName: 'licenses.md' },
      rolldownOptions: {
        input: {
          'tunnel-host': resolve('electron/tunnel-host.ts'),
          'key-worker': resolve('electron/tunnel/key-worker.ts'),
          'practice-host': resolve('electron/practice-host.ts'),
          headless: resolve('electron/headless.ts'),
        },
      },
    },
  },
  preload: {
    build: {
      rolldownOptions: {
        input: { preload: resolve('electron/preload.ts') },
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    json: { namedExports: false, stringify: true },
    root: 'renderer',
    base: './',
    build: {
      minify: true,
      license: { fileName: 'licenses.md' },
      rolldownOptions: {
        input: { index: resolve('renderer/index.html'), prompt: resolve('renderer/prompt.html') },
      },
    },
    plugins: [react()],
  },
});
