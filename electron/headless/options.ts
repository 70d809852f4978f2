import { fail, ok, type Result } from '../shared/result';

export interface HeadlessOptions {
  /** The folder of the data; null for the usual one. */
  readonly profile: string | null;
}

/** What is wrong with a command line: an option there is none of, or `--profile` without its folder. */
export type OptionProblem =
  { readonly kind: 'unknown'; readonly option: string } | { readonly kind: 'no-folder' };

/** Reads what stands behind the program's name. */
export function readOptions(argv: readonly string[]): Result<HeadlessOptions, OptionProblem> {
  let profile: string | null = null;
  for (let at = 0; at < argv.length; at += 1) {
    const option = argv[at] ?? '';
    if (option === '--headless') continue;
    if (option === '--profile') {
      at += 1;
      profile = argv[at] ?? '';
    } else if (option.startsWith('--profile=')) profile = option.slice('--profile='.length);
    else return fail({ kind: 'unknown', option });
    if (profile === '') return fail({ kind: 'no-folder' });
  }
  return ok({ profile });
}
