import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Importer } from './support/imports';
import { importerOf, readImporters } from './support/imports';

const ROOT = join(import.meta.dirname, '..');

/** One room of the house: which files are in it, and what they may import besides each other. */
interface Room {
  readonly name: string;
  readonly files: RegExp;
  /** Names of rooms, single files of other rooms (without `.ts`), packages, or `node` for all of Node's modules. */
  readonly may: readonly string[];
}

/**
 * The table of docs/architecture.md. A file belongs to the first room whose pattern it matches. Types count like
 * everything else: who needs a type needs the idea behind it.
 */
const ROOMS: readonly Room[] = [
  { name: 'shared', files: /^electron\/shared\//u, may: ['zod'] },
  {
    name: 'account-store',
    files: /^electron\/accounts\/account-store\./u,
    may: ['accounts', 'electron-store'],
  },
  {
    name: 'account-store-plain',
    files: /^electron\/accounts\/account-store-plain\./u,
    may: ['accounts', 'conf'],
  },
  { name: 'accounts', files: /^electron\/accounts\//u, may: ['shared', 'zod', 'node'] },
  {
    name: 'preference-store',
    files: /^electron\/preferences\/preference-store\./u,
    may: ['preferences', 'shared', 'electron/accounts/account-file', 'electron-store', 'node'],
  },
  { name: 'preferences', files: /^electron\/preferences\//u, may: ['shared', 'zod', 'node'] },
  { name: 'prompts', files: /^electron\/prompts\//u, may: ['shared'] },
  { name: 'secrets', files: /^electron\/secrets\//u, may: ['shared', 'node'] },
  { name: 'client-setup', files: /^electron\/client-setup\//u, may: ['shared'] },
  {
    name: 'state',
    files: /^electron\/state\//u,
    may: [
      ...['shared', 'accounts', 'prompts', 'secrets', 'electron/tunnel/ports'],
      ...['electron/tunnel/host-errors', 'zod', 'node'],
    ],
  },
  {
    name: 'control',
    files: /^electron\/control\//u,
    may: [
      ...['shared', 'accounts', 'client-setup', 'state', 'electron/tunnel/ports'],
      ...['electron/tunnel/host-values', 'commander', 'zod', 'node'],
    ],
  },
  {
    name: 'logging',
    files: /^electron\/logging\//u,
    may: ['electron/tunnel/ports', 'electron-log/node', 'node'],
  },
  {
    name: 'tunnel',
    files: /^electron\/tunnel\//u,
    may: ['shared', 'secrets', 'ssh2', 'zod', 'hash-wasm', 'node'],
  },
  {
    name: 'tunnel-host',
    files: /^electron\/tunnel-(?:host|engine)\.ts$/u,
    may: ['tunnel', 'shared', 'i18next', 'node'],
  },
  {
    name: 'practice',
    files: /^electron\/practice\//u,
    may: ['shared', 'electron/tunnel/ports', 'ssh2', 'zod', 'node'],
  },
  {
    name: 'practice-host',
    files: /^electron\/practice-host\.ts$/u,
    may: ['practice', 'shared', 'node'],
  },
  {
    name: 'core',
    files: /^electron\/core\//u,
    may: [
      'accounts',
      'prompts',
      'state',
      'shared',
      'electron/tunnel/ports',
      'electron/tunnel/free-port',
      'electron/tunnel/host-client',
      'electron/tunnel/host-keys',
      'electron/tunnel/host-when-needed',
      'electron/practice/practice-client',
      'i18next',
      'node',
    ],
  },
  {
    name: 'asking',
    files: /^electron\/asking\//u,
    may: ['shared', 'electron/tunnel/ports', 'node'],
  },
  {
    name: 'headless',
    files: /^electron\/headless\//u,
    may: ['asking', 'control', 'core', 'shared', 'state', 'electron/tunnel/ports', 'node'],
  },
  {
    name: 'headless entry',
    files: /^electron\/headless\.ts$/u,
    may: [
      'account-store-plain',
      'control',
      'core',
      'headless',
      'logging',
      'preferences',
      'shared',
      'electron/tunnel/ports',
      'electron/tunnel/system-clock',
      'node',
    ],
  },
  {
    name: 'views and policies',
    files: /^electron\/desktop\/[a-z-]+-(?:view|policy)\.ts$/u,
    may: ['shared', 'client-setup'],
  },
  {
    name: 'desktop',
    files: /^electron\/desktop\//u,
    may: [
      'views and policies',
      'shared',
      'preferences',
      'state',
      'electron/core/words',
      'client-setup',
      'electron/tunnel/ports',
      'electron',
      'electron-store',
      'zod',
      'node',
    ],
  },
  // It runs main.ts as built, by a name that it makes up when it runs.
  { name: 'start', files: /^electron\/start\.ts$/u, may: ['node', '(computed)'] },
  {
    name: 'main',
    files: /^electron\/main\.ts$/u,
    may: [
      'account-store',
      'core',
      'control',
      'preference-store',
      'preferences',
      'desktop',
      'logging',
      'electron/shared/thrown',
      'electron/tunnel/system-clock',
      'electron',
      'node',
    ],
  },
  {
    name: 'cli',
    files: /^electron\/cli\.ts$/u,
    may: [
      ...['asking', 'control', 'shared', 'electron/core/words'],
      ...['electron/tunnel/host-key-scan', 'node'],
    ],
  },
  {
    name: 'preload',
    files: /^electron\/preload\.ts$/u,
    may: ['electron/shared/ipc-contract', 'electron/shared/app-snapshot', 'electron'],
  },
  {
    name: 'renderer',
    files: /^renderer\//u,
    may: [
      'shared',
      'react',
      'react-dom/client',
      'react-aria-components',
      'react-i18next',
      'i18next',
      'lucide-react',
      '@zxcvbn-ts/core',
      '@zxcvbn-ts/language-common',
      '@zxcvbn-ts/language-en',
    ],
  },
];

/** Who may import these packages at all, whatever the table above says of rooms. */
const GUARDED: Readonly<Record<string, RegExp>> = {
  electron: /^electron\/(?:main\.ts|preload\.ts|desktop\/)/u,
  conf: /^electron\/accounts\/account-store-plain\.ts$/u,
  'electron-store':
    /^electron\/(?:(?:accounts\/account|preferences\/preference)-store\.ts|desktop\/)/u,
  ssh2: /^electron\/(?:tunnel|practice)\//u,
};

function roomOf(file: string): Room | undefined {
  return ROOMS.find((room) => room.files.test(file));
}

/** The room an imported file is in. An import has no extension, and may mean a folder's name for all that is in it. */
function roomOfImport(name: string): Room | undefined {
  return roomOf(`${name}.ts`) ?? roomOf(name);
}

function mayImport(room: Room, name: string): boolean {
  if (name.startsWith('node:')) return room.may.includes('node');
  if (room.may.includes(name)) return true;
  if (room.name === 'renderer' && name.endsWith('.css')) return true;
  const other = roomOfImport(name);
  return other !== undefined && (other === room || room.may.includes(other.name));
}

/** Every import that the table does not allow, as `file -> import`. */
function violations(importers: readonly Importer[]): readonly string[] {
  return importers.flatMap(({ file, imports }) => {
    const room = roomOf(file);
    if (room === undefined) return [`${file} is in no room`];
    return imports
      .filter((name) => !mayImport(room, name) || GUARDED[name]?.test(file) === false)
      .map((name) => `${file} -> ${name}`);
  });
}

const importers = readImporters(ROOT, ['electron', 'renderer']);

describe('who imports whom', () => {
  it('is as docs/architecture.md says', () => {
    expect(violations(importers)).toEqual([]);
  });

  it('is looked at in full', () => {
    expect(importers.length).toBeGreaterThan(50);
    expect(importers.every((each) => roomOf(each.file) !== undefined)).toBe(true);
    const rooms = new Set(importers.map((each) => roomOf(each.file)?.name));
    expect([...ROOMS].map((room) => room.name).filter((name) => !rooms.has(name))).toEqual([]);
  });

  it.each(ROOMS)('has no leave in the table that nobody takes: $name', (room) => {
    const taken = importers
      .filter((each) => roomOf(each.file) === room)
      .flatMap((each) => each.imports)
      .flatMap((name) => [
        name.startsWith('node:') ? 'node' : name,
        roomOfImport(name)?.name ?? '',
      ]);
    const needsNoReason = ['shared', 'node', 'zod'];
    const leaves = room.may.filter((each) => !needsNoReason.includes(each));
    expect(leaves.filter((each) => !taken.includes(each))).toEqual([]);
  });
});

describe('a planted violation is found', () => {
  it.each<[string, string, string]>([
    ['electron/tunnel/x.ts', `import { app } from 'electron';`, 'electron'],
    ['electron/tunnel/x.ts', `import '../desktop/tray';`, 'electron/desktop/tray'],
    ['electron/tunnel-host.ts', `const e = await import('electron');`, 'electron'],
    ['electron/state/x.ts', `export * from '../tunnel/tunnel';`, 'electron/tunnel/tunnel'],
    ['electron/state/x.ts', `import { Client } from 'ssh2';`, 'ssh2'],
    ['electron/accounts/x.ts', `import Store from 'electron-store';`, 'electron-store'],
    ['electron/accounts/x.ts', `import s = require('ssh2');`, 'ssh2'],
    ['electron/prompts/x.ts', `import type { Tray } from 'electron';`, 'electron'],
    ['electron/shared/x.ts', `import { join } from 'node:path';`, 'node:path'],
    [
      'electron/shared/x.ts',
      `type S = import('../state/app-state').AppState;`,
      'electron/state/app-state',
    ],
    ['electron/client-setup/x.ts', `import { z } from 'zod';`, 'zod'],
    ['electron/desktop/x.ts', `import { Client } from 'ssh2';`, 'ssh2'],
    [
      'electron/desktop/x.ts',
      `import '../tunnel/ssh-connection';`,
      'electron/tunnel/ssh-connection',
    ],
    ['electron/desktop/tray-view.ts', `import { Menu } from 'electron';`, 'electron'],
    [
      'electron/desktop/ipc-policy.ts',
      `import { windows } from './windows';`,
      'electron/desktop/windows',
    ],
    ['electron/main.ts', `require('ssh2');`, 'ssh2'],
    ['electron/start.ts', `import { app } from 'electron';`, 'electron'],
    [
      'electron/preload.ts',
      `import '../electron/shared/ipc-parsers';`,
      'electron/shared/ipc-parsers',
    ],
    ['electron/preload.ts', `import { z } from 'zod';`, 'zod'],
    ['electron/practice/x.ts', `import '../state/commands';`, 'electron/state/commands'],
    ['renderer/x.tsx', `import { readFile } from 'node:fs/promises';`, 'node:fs/promises'],
    ['renderer/x.tsx', `import fs from 'fs';`, 'fs'],
    ['renderer/views/x.tsx', `import { ipcRenderer } from 'electron';`, 'electron'],
    [
      'renderer/x.tsx',
      `import { t } from '../electron/desktop/tray-view';`,
      'electron/desktop/tray-view',
    ],
    ['renderer/x.tsx', `const load = (name: string) => import(name);`, '(computed)'],
    ['electron/state/x.ts', 'const m = require(`../${name}`);', '(computed)'],
    ['electron/logging/x.ts', `import log from 'electron-log/main';`, 'electron-log/main'],
  ])('%s: %s', (file, text, name) => {
    expect(violations([importerOf(file, text)])).toEqual([`${file} -> ${name}`]);
  });

  it('and so is a file in no room', () => {
    expect(violations([importerOf('electron/elsewhere/x.ts', '')])).toEqual([
      'electron/elsewhere/x.ts is in no room',
    ]);
  });

  it('while what is allowed passes', () => {
    const fine = `import { z } from 'zod'; import './result'; export type { A } from './account';`;
    expect(violations([importerOf('electron/shared/x.ts', fine)])).toEqual([]);
  });
});
