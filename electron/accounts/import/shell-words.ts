import type { ImportProblem } from '../../shared/imported';
import type { Result } from '../../shared/result';
import { fail, ok } from '../../shared/result';
import type { Source, Word } from './findings';

/**
 * Splits shell commands into words as a POSIX shell does (XCU 2.2, 2.3), with the place of each. `shell-quote` was
 * looked at: it keeps no places, leaves unclosed quotation marks and backslash-newline out without a word, and fills
 * variables in. What only a shell could know (variables, commands within commands, file name patterns) is refused.
 */

/** One simple command. */
export interface ShellCommand {
  readonly words: readonly Word[];
  /** Where its input or output is sent; Mailmole has no use for it. */
  readonly redirections: readonly Word[];
}

const OPERATORS = '&|;()<>\n';
const BLANK = ' \t\r';

/** @param home what `~` at the beginning of a word stands for */
export function splitShell(
  source: Source,
  home: string,
): Result<readonly ShellCommand[], ImportProblem> {
  const splitter = new Splitter(source, home);
  try {
    return ok(splitter.commands());
  } catch (thrown) {
    if (thrown instanceof Refused) return fail(thrown.problem);
    throw thrown;
  }
}

class Refused extends Error {
  readonly problem: ImportProblem;
  constructor(problem: ImportProblem) {
    super(problem.messageKey);
    this.problem = problem;
  }
}

class Splitter {
  readonly #source: Source;
  readonly #text: string;
  readonly #home: string;
  #at = 0;

  constructor(source: Source, home: string) {
    this.#source = source;
    this.#text = source.text;
    this.#home = home;
  }

  commands(): readonly ShellCommand[] {
    const commands: ShellCommand[] = [];
    while (this.#at < this.#text.length) {
      const command = this.#command();
      if (command.words.length > 0) commands.push(command);
    }
    return commands;
  }

  /** Reads up to and over what ends a command. */
  #command(): ShellCommand {
    const words: Word[] = [];
    const redirections: Word[] = [];
    for (;;) {
      this.#skipBlanks();
      const start = this.#at;
      const char = this.#text[this.#at];
      if (char === undefined) return { words, redirections };
      if (char === '<' || char === '>') redirections.push(this.#redirection(start));
      else if (OPERATORS.includes(char)) {
        this.#operator(char);
        return { words, redirections };
      } else {
        const word = this.#word();
        // `2>` is the number of a stream, and no word.
        const isStream = /^\d$/u.test(word.text) && /[<>]/u.test(this.#text[this.#at] ?? '');
        if (isStream) redirections.push(this.#redirection(start));
        else words.push(word);
      }
    }
  }

  #skipBlanks(): void {
    for (;;) {
      const char = this.#text[this.#at] ?? '';
      if (char !== '' && BLANK.includes(char)) this.#at += 1;
      else if (char === '\\' && this.#lineGoesOn()) this.#at += this.#lengthOfJoint();
      else if (char === '#') this.#skipToLineEnd();
      else return;
    }
  }

  /** Backslash and newline join two lines; a text from Windows has a carriage return between them. */
  #lineGoesOn(): boolean {
    return this.#lengthOfJoint() > 0;
  }

  #lengthOfJoint(): number {
    if (this.#text.startsWith('\\\n', this.#at)) return 2;
    return this.#text.startsWith('\\\r\n', this.#at) ? 3 : 0;
  }

  #skipToLineEnd(): void {
    const end = this.#text.indexOf('\n', this.#at);
    this.#at = end < 0 ? this.#text.length : end;
  }

  #operator(char: string): void {
    if (char === '|') this.#refuse(this.#at, 'import:shell.pipe');
    if (char === '(' || char === ')') this.#refuse(this.#at, 'import:shell.group');
    this.#at += this.#text.startsWith('&&', this.#at) ? 2 : 1;
  }

  #redirection(start: number): Word {
    while (/[<>&|]/u.test(this.#text[this.#at] ?? '')) this.#at += 1;
    this.#skipBlanks();
    const next = this.#text[this.#at];
    if (next === undefined || OPERATORS.includes(next))
      this.#refuse(start, 'import:shell.redirection-nowhere');
    this.#word();
    return { text: this.#text.slice(start, this.#at), at: start };
  }

  #word(): Word {
    const start = this.#at;
    let text = this.#tilde();
    for (;;) {
      const char = this.#text[this.#at];
      if (char === undefined || BLANK.includes(char) || OPERATORS.includes(char)) break;
      if (char === "'") text += this.#single();
      else if (char === '"') text += this.#double();
      else if (char === '\\') text += this.#escaped();
      else {
        this.#refuseExpansion(char, true);
        text += char;
        this.#at += 1;
      }
    }
    return { text, at: start };
  }

  /** `~` and `~/…` are the person's home; `~name` is somebody else's, whom we do not know. */
  #tilde(): string {
    if (this.#text[this.#at] !== '~') return '';
    const next = this.#text[this.#at + 1] ?? ' ';
    if (next !== '/' && !BLANK.includes(next) && !OPERATORS.includes(next))
      this.#refuse(this.#at, 'import:shell.other-home');
    this.#at += 1;
    return this.#home;
  }

  #single(): string {
    const start = this.#at;
    const end = this.#text.indexOf("'", start + 1);
    if (end < 0) this.#refuse(start, 'import:shell.unclosed', { mark: "'" });
    this.#at = end + 1;
    return this.#text.slice(start + 1, end);
  }

  #double(): string {
    const start = this.#at;
    let text = '';
    this.#at += 1;
    for (;;) {
      const char = this.#text[this.#at];
      if (char === undefined) this.#refuse(start, 'import:shell.unclosed', { mark: '"' });
      if (char === '"') break;
      if (char === '\\') text += this.#escapedInDouble();
      else {
        this.#refuseExpansion(char, false);
        text += char;
        this.#at += 1;
      }
    }
    this.#at += 1;
    return text;
  }

  #escaped(): string {
    const joint = this.#lengthOfJoint();
    if (joint > 0) {
      this.#at += joint;
      return '';
    }
    const char = this.#text[this.#at + 1];
    // A lone backslash at the very end stays one.
    this.#at += char === undefined ? 1 : 2;
    return char ?? '\\';
  }

  /** Within double quotation marks a backslash is special before few characters only (XCU 2.2.3). */
  #escapedInDouble(): string {
    const joint = this.#lengthOfJoint();
    if (joint > 0) {
      this.#at += joint;
      return '';
    }
    const char = this.#text[this.#at + 1] ?? '';
    if (char !== '' && '$`"\\'.includes(char)) {
      this.#at += 2;
      return char;
    }
    this.#at += 1;
    return '\\';
  }

  #refuseExpansion(char: string, bare: boolean): void {
    const next = this.#text[this.#at + 1] ?? '';
    if (char === '`' || (char === '$' && next === '('))
      this.#refuse(this.#at, 'import:shell.command-inside');
    if (char === '$' && bare && (next === "'" || next === '"'))
      this.#refuse(this.#at, 'import:shell.dollar-quote');
    if (char === '$' && /[\w{@*#?$!-]/u.test(next)) this.#refuse(this.#at, 'import:shell.variable');
    if (bare && (char === '*' || char === '?'))
      this.#refuse(this.#at, 'import:shell.pattern', { char });
  }

  #refuse(at: number, messageKey: string, params: ImportProblem['params'] = {}): never {
    throw new Refused(this.#source.problem(at, messageKey, params));
  }
}
