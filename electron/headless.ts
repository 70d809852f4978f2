import { mkdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { openPlainAccountStore } from './accounts/account-store-plain';
import { whyNot } from './control/control-server';
import { defaultProfile, profilePaths } from './control/profile-paths';
import { createWords } from './core/words';
import { readOptions } from './headless/options';
import { startHeadless } from './headless/run';
import { createLogger } from './logging/logger';
import { createStderrLines } from './logging/stderr-lines';
import { preferencesFile, readPreferencesFile } from './preferences/preference-file';
import { languageFor, localeFor, type Preferences } from './shared/preferences';
import { textOfThrown } from './shared/thrown';
import type { Log } from './tunnel/ports';
import { systemClock as clock } from './tunnel/system-clock';

/**
 * Entry of `mailmole --headless`: the same mailboxes and the same engine on a machine without a display. Runs in plain
 * Node, which Electron's run-time is too when ELECTRON_RUN_AS_NODE says so; imports nothing of Electron.
 * Ends with 0 when it is told to, 1 when it cannot start, 2 when it is started wrongly.
 */

/** Whatever is being hung up, ending takes no longer than this, in milliseconds. */
const END_WITHIN_MS = 5000;

/** This file is built to out/main/headless.js. */
const built = (path: string): string => join(import.meta.dirname, path);

const { locale } = Intl.DateTimeFormat().resolvedOptions();
const words = createWords(locale);
const { t } = words;
const print = createStderrLines();
const toldToEnd = new Promise<string>((resolve) => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => resolve(signal));
});

process.exit(await run());

async function run(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  if (!options.ok) {
    const { error } = options;
    print(
      'error',
      error.kind === 'unknown' ? t('headless:unknown', error) : t('headless:no-folder'),
    );
    return 2;
  }
  const paths = profilePaths(options.value.profile ?? defaultProfile());
  if (!makeFolder(paths.profile)) return 1;
  const home = homedir();
  const { preferences } = readPreferencesFile(preferencesFile(paths.profile));
  const { logLevel, keepUnlocked } = preferences;
  const folder = join(paths.profile, 'logs');
  const log = createLogger({ folder, home, toConsole: false, level: () => logLevel });
  await speakAsPreferred(preferences, log);
  const version = versionOf(built('../../package.json'));
  log('info', `Mailmole ${version} without windows on Node ${process.versions.node} starts.`);
  try {
    const running = await startHeadless({
      ...{ paths, version, clock, log, t, home, keepUnlocked },
      scripts: { tunnels: built('tunnel-host.js'), practice: built('practice-host.js') },
      openStore: openPlainAccountStore,
      say: (level, line) => {
        log(level, line);
        print(level, line);
      },
    });
    log('info', `Ending: ${await toldToEnd}.`);
    setTimeout(() => process.exit(0), END_WITHIN_MS);
    await running.end();
    return 0;
  } catch (error) {
    const reason = whyNot(error, t);
    log('error', `Mailmole cannot start: ${reason}`);
    print('error', reason);
    return 1;
  }
}

/** Makes the profile's folder before the log is opened, which would go on without one and say so at length. */
function makeFolder(folder: string): boolean {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return true;
  } catch (error) {
    print('error', textOfThrown(error));
    return false;
  }
}

/** The language of the preferences, else that of the environment; English when its words cannot be read. */
async function speakAsPreferred({ language }: Preferences, log: Log): Promise<void> {
  const spoken = languageFor(language, [locale]);
  try {
    await words.speak(spoken, localeFor(spoken, [locale]));
  } catch (error) {
    log('error', `The words in ${spoken} could not be read: ${textOfThrown(error)}`);
  }
}

function versionOf(file: string): string {
  const { version } = JSON.parse(readFileSync(file, 'utf8')) as { readonly version: string };
  return version;
}
