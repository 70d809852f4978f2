import { execFile } from 'node:child_process';
import {
  access,
  chmod,
  constants,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  writeFile,
} from 'node:fs/promises';
import { createRequire, isBuiltin } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const run = promisify(execFile);
const root = join(import.meta.dirname, '..', '..');

interface BuilderConfig {
  readonly read: (root: string, file: string, overrides: null) => Promise<Record<string, object>>;
  readonly validate: (config: object) => Promise<void>;
}

/** electron-builder's own reader and schema, which it exports for itself only. */
function loadBuilderConfig(): BuilderConfig {
  const require = createRequire(join(root, 'node_modules/electron-builder/package.json'));
  const { getConfig, validateConfiguration } =
    require('app-builder-lib/out/util/config/config.js') as {
      getConfig: BuilderConfig['read'];
      validateConfiguration: (config: object, log: object) => Promise<void>;
    };
  const { DebugLogger } = require('builder-util') as {
    DebugLogger: new (isEnabled: boolean) => object;
  };
  return {
    read: getConfig,
    validate: (config) => validateConfiguration(config, new DebugLogger(false)),
  };
}

describe('the configuration of the packages', () => {
  const builder = loadBuilderConfig();

  it('is valid for Linux, Windows and macOS', async () => {
    const config = await builder.read(root, 'build/electron-builder.yml', null);
    await builder.validate(config);
    expect(config).toMatchObject({
      linux: { executableName: 'mailmole', category: 'Network;Email' },
      win: { target: ['nsis'] },
      mac: { target: ['dmg', 'zip'], hardenedRuntime: true },
      electronFuses: {
        // The command answers as plain Node; see docs/security.md.
        runAsNode: true,
        enableNodeCliInspectArguments: false,
        onlyLoadAppFromAsar: true,
      },
    });
  });

  it('puts the command, its words for shells and man, the unit and the hooks where docs say', async () => {
    const config = await builder.read(root, 'build/electron-builder.yml', null);
    expect(config).toMatchObject({
      linux: {
        extraResources: expect.arrayContaining([
          { from: 'build/linux/mailmole.sh', to: 'bin/mailmole' },
          // The rest of that folder: what a person links or copies, but no script of the package itself.
          { from: 'build/linux', to: 'linux', filter: ['!*.sh'] },
        ]) as object[],
      },
    });
    for (const kind of ['deb', 'rpm']) {
      const { fpm } = config[kind] as { fpm: readonly string[] };
      expect(
        fpm.map((each) =>
          each.split('=')[1]?.replace(/(?:vendor-completions|site-functions)/u, 'Z'),
        ),
      ).toEqual([
        '/usr/share/bash-completion/completions/mailmole',
        '/usr/share/zsh/Z/_mailmole',
        '/usr/share/fish/vendor_completions.d/mailmole.fish',
        '/usr/share/man/man1/mailmole.1',
      ]);
      for (const file of fpm) await access(join(root, file.split('=')[0] ?? ''));
    }
  });

  it.each(['ip-up', 'ip-down', 'network-changed', 'nm-dispatcher', 'mailmole.sh'])(
    'ships %s ready to run',
    (name) => access(join(root, 'build/linux', name), constants.X_OK),
  );

  it.each(['linux', 'win', 'mac', 'nsis', 'dmg', 'deb'])(
    'would notice a mistake in %s',
    async (part) => {
      const config = await builder.read(root, 'build/electron-builder.yml', null);
      const broken = { ...config, [part]: { ...config[part], nothingOfTheKind: 1 } };
      await expect(builder.validate(broken)).rejects.toThrow(`configuration.${part}`);
    },
  );
});

describe('the libraries that a package carries', () => {
  it('are those that the built program still loads, and no others', async () => {
    const built = join(root, 'out');
    const files = (await readdir(built, { recursive: true })).filter((name) =>
      /^(?:app|main|cli|preload)[\\/].*\.c?js$/u.test(name),
    );
    const texts = await Promise.all(files.map((name) => readFile(join(built, name), 'utf8')));
    const loads = /\b(?:from|require\(|import\(?)\s*["'`](@?[a-z][\w./-]*)["'`]/gu;
    const loaded = texts
      .flatMap((text) => [...text.matchAll(loads)].map(([, name = '']) => name))
      .filter((name) => !isBuiltin(name));
    const { dependencies } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {
      dependencies: Readonly<Record<string, string>>;
    };
    // Whatever else is used has become part of the program when it was built.
    expect([...new Set(loaded)].sort()).toEqual(['electron', ...Object.keys(dependencies)]);
  });
});

describe('what happens after the removal', () => {
  it.each([
    ['remove', true],
    ['purge', true],
    ['0', true],
    // dpkg and rpm when another version takes its place; the command must outlive that.
    ['upgrade', false],
    ['1', false],
  ])('with the word %s takes the command away: %s', async (word, isGone) => {
    const folder = await mkdtemp(join(tmpdir(), 'mailmole-removal-'));
    try {
      const asked = join(folder, 'asked');
      const stub = `#!/bin/sh\necho "$@" >> '${asked}'\n`;
      await writeFile(join(folder, 'update-alternatives'), stub, { mode: 0o755 });
      const script = join(root, 'build/linux/after-remove.sh');
      // electron-builder fills the names in; the apparmor profile's is one that no computer has.
      const text = (await readFile(script, 'utf8'))
        .replaceAll('${executable}', 'mailmole-of-a-test')
        .replaceAll('${sanitizedProductName}', 'Mailmole');
      const env = { PATH: `${folder}:${process.env['PATH'] ?? ''}` };
      await run('/bin/sh', ['-c', text, 'postrm', word], { env });
      const calls = await readFile(asked, 'utf8').catch(() => '');
      const removal =
        '--remove mailmole-of-a-test /opt/Mailmole/resources/bin/mailmole-of-a-test\n';
      expect(calls).toBe(isGone ? removal : '');
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});

describe('the stand-in for fpm', () => {
  let folder: string;
  const shim = (...args: string[]) =>
    run(process.execPath, [join(root, 'build/fpm-shim.mjs'), ...args]);

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mailmole-packaging-'));
    await mkdir(join(folder, 'app', 'resources'), { recursive: true });
    await writeFile(join(folder, 'app', 'mailmole'), '#!/bin/sh\n', { mode: 0o700 });
    await writeFile(join(folder, 'app', 'resources', 'app.asar'), 'x'.repeat(3000), {
      mode: 0o600,
    });
    await chmod(join(folder, 'app'), 0o700);
    await writeFile(join(folder, 'mailmole.desktop'), '[Desktop Entry]\n');
    await writeFile(join(folder, 'after-install'), '#!/bin/sh\nexit 0\n');
  });

  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('makes a package that dpkg reads', async () => {
    const deb = join(folder, 'mailmole.deb');
    await shim(
      ...['-s', 'dir', '--force', '-t', 'deb', '-d', 'libgtk-3-0', '-d', 'libnss3'],
      ...['--deb-recommends', 'libappindicator3-1', '--deb-compression', 'gz'],
      ...['--architecture', 'amd64', '--after-install', join(folder, 'after-install')],
      ...['--description', 'Carries mail\n First line.\n\n Second line.'],
      ...['--version', '1.2.3~beta', '--package', deb, '--name', 'mailmole'],
      ...['--maintainer', 'A <a@b.invalid>', '--url', 'https://mailmole.invalid'],
      ...['--category', 'mail', '--deb-priority', 'optional', '--license', 'MIT'],
      `${join(folder, 'app')}/=/opt/Mailmole`,
      `${join(folder, 'mailmole.desktop')}=/usr/share/applications/mailmole.desktop`,
    );

    const { stdout: control } = await run('dpkg-deb', ['--field', deb]);
    expect(control.split('\n')).toEqual(
      expect.arrayContaining([
        'Package: mailmole',
        'Version: 1.2.3~beta',
        'Architecture: amd64',
        'Maintainer: A <a@b.invalid>',
        'Depends: libgtk-3-0, libnss3',
        'Recommends: libappindicator3-1',
        'Section: mail',
        'Installed-Size: 5',
        'Description: Carries mail',
        ' First line.',
        ' .',
        ' Second line.',
      ]),
    );
    const { stdout: list } = await run('dpkg-deb', ['--contents', deb]);
    expect(list).toMatch(/^drwxr-xr-x root\/root .* \.\/opt\/Mailmole\/$/m);
    expect(list).toMatch(/^-rwxr-xr-x root\/root .* \.\/opt\/Mailmole\/mailmole$/m);
    expect(list).toMatch(/^-rw-r--r-- root\/root .* \.\/opt\/Mailmole\/resources\/app\.asar$/m);
    expect(list).toMatch(/\.\/usr\/share\/applications\/mailmole\.desktop$/m);
    await run('dpkg-deb', ['--control', deb, join(folder, 'control')]);
    expect(await readFile(join(folder, 'control', 'postinst'), 'utf8')).toContain('exit 0');
    expect(await readFile(join(folder, 'control', 'md5sums'), 'utf8')).toMatch(
      /^[0-9a-f]{32} {2}opt\/Mailmole\/mailmole$/m,
    );
  });

  it.each([
    ['an argument that it does not know', ['-s', 'dir', '-t', 'deb', '--deb-systemd', 'x']],
    ['another kind of package', ['-s', 'dir', '-t', 'rpm']],
    ['a package without a name', ['-s', 'dir', '-t', 'deb', '--version', '1']],
  ])('refuses %s', async (_what, args) => {
    await expect(shim(...args)).rejects.toMatchObject({ code: 2 });
  });
});
