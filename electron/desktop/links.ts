import { randomUUID } from 'node:crypto';
import { basename, resolve } from 'node:path';
import { app } from 'electron';
import type { OpenedSetup } from '../shared/imported';
import { fail } from '../shared/result';
import { textOfThrown } from '../shared/thrown';
import type { AppState } from '../state/app-state';
import type { ImportCommands } from '../state/import-commands';
import type { Log } from '../tunnel/ports';
import { beginningOf } from './text-file';

/** The scheme of links to set-up files, registered for packaged programs. */
const SCHEME = 'mailmole';

/** A set-up file or a link in a command line; null when there is none. What comes first counts. */
function openableIn(argv: readonly string[], cwd: string): string | null {
  // The first word is the program itself.
  for (const word of argv.slice(1)) {
    if (word.toLowerCase().startsWith(`${SCHEME}:`)) return word;
    if (!word.startsWith('-') && word.toLowerCase().endsWith('.mailmole'))
      return resolve(cwd, word);
  }
  return null;
}

export interface LinksParts {
  readonly imports: Pick<ImportCommands, 'readSetup'>;
  readonly state: Pick<AppState, 'setOpened'>;
  readonly showMain: () => void;
  readonly log: Log;
}

/**
 * Opens set-up files and links, whoever hands them over: the command line of this start or of a later one, a double
 * click on macOS, a browser. They are only shown; a person makes the mailbox. Made before the application is ready, since
 * macOS may hand over a link at once; it waits for `attach`.
 */
export class Links {
  #waiting: string[] = [];
  #parts: LinksParts | null = null;

  constructor() {
    app.on('open-file', (event, path) => {
      event.preventDefault();
      this.open(path);
    });
    app.on('open-url', (event, url) => {
      event.preventDefault();
      this.open(url);
    });
    // The packages for Linux and macOS say so themselves; the installer for Windows does not.
    if (process.platform === 'win32' && app.isPackaged) app.setAsDefaultProtocolClient(SCHEME);
  }

  /** From now on what is opened is shown, and so is what came before. */
  attach(parts: LinksParts): void {
    this.#parts = parts;
    for (const target of this.#waiting.splice(0)) this.open(target);
  }

  /** @returns false when the command line names nothing to open */
  openFrom(argv: readonly string[], cwd: string): boolean {
    const target = openableIn(argv, cwd);
    if (target !== null) this.open(target);
    return target !== null;
  }

  /** @param target an absolute path, or a link */
  open(target: string): void {
    if (this.#parts === null) this.#waiting.push(target);
    else void show(target, this.#parts);
  }
}

async function show(target: string, parts: LinksParts): Promise<void> {
  const { state, showMain, log } = parts;
  const isLink = target.toLowerCase().startsWith(`${SCHEME}:`);
  const opened: OpenedSetup = {
    id: randomUUID(),
    fileName: isLink ? null : basename(target),
    read: await read(target, isLink, parts).catch((error: unknown) => {
      log('warn', `A set-up file could not be read: ${textOfThrown(error)}`);
      return fail([{ place: null, messageKey: 'import:unreadable', params: {} }]);
    }),
  };
  state.setOpened(opened);
  showMain();
}

async function read(
  target: string,
  isLink: boolean,
  { imports }: LinksParts,
): Promise<OpenedSetup['read']> {
  const answer = await imports.readSetup(isLink ? target : await beginningOf(target));
  // Reading never fails as a command; what is wrong with the text stands in its reply.
  return answer.ok
    ? answer.value
    : fail([{ place: null, messageKey: 'import:unreadable', params: {} }]);
}
