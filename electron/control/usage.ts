import type { Translate } from '../shared/messages';

/** How the command ends, for scripts. The same numbers for ever. */
export const EXIT = { ok: 0, failed: 1, usage: 2, 'needs-person': 3, 'timed-out': 4 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** The command ends here: with this code, after this text on the standard error, if there is one. */
export class CommandEnd extends Error {
  readonly exit: ExitCode;

  constructor(exit: ExitCode, text: string) {
    super(text);
    this.exit = exit;
  }
}

/** What is wrong with something typed, as a catalogue key. */
export interface UsageProblem {
  readonly key: string;
  readonly params: Readonly<Record<string, string | number>>;
}

/** Ends the command for wrong usage. */
export function wrongUsage({ key, params }: UsageProblem, t: Translate): CommandEnd {
  return new CommandEnd(EXIT.usage, t(key, params));
}
