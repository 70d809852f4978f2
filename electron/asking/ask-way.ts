/** Where questions to a person go when there is no window. */
export type Way =
  | { readonly kind: 'terminal' }
  | {
      readonly kind: 'askpass';
      /** The program; looked up in PATH when it is a bare name. */
      readonly program: string;
      /** Was it put there to answer whatever comes, whether or not somebody is looking? */
      readonly standing: boolean;
    }
  | { readonly kind: 'nobody' };

/** What the way depends on. */
export interface AskSurroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Is there a terminal, and are we what runs in its foreground? */
  readonly hasTerminal: boolean;
  /** The program that the system has for this; null without. */
  readonly usualAskpass: string | null;
}

/**
 * OpenSSH's own rules (ssh(1), ENVIRONMENT; `read_passphrase` of readpass.c): the terminal first, `SSH_ASKPASS` when
 * there is none but a display; `SSH_ASKPASS_REQUIRE` turns that round (`prefer`), wants no display (`force`), or
 * forbids it (`never`). Unlike ssh, no default program is made up where the system has none.
 */
export function wayToAsk({ env, hasTerminal, usualAskpass }: AskSurroundings): Way {
  const required = env['SSH_ASKPASS_REQUIRE']?.toLowerCase();
  const hasDisplay = isSet(env['DISPLAY']) || isSet(env['WAYLAND_DISPLAY']);
  const standing = required === 'force';
  const allowed = standing || (hasDisplay && required !== 'never');
  const preferred = standing || (required === 'prefer' && allowed);
  if (hasTerminal && !preferred) return { kind: 'terminal' };
  const named = env['SSH_ASKPASS'];
  const program = isSet(named) ? named : usualAskpass;
  return allowed && program !== null ? { kind: 'askpass', program, standing } : { kind: 'nobody' };
}

function isSet(value: string | undefined): value is string {
  return value !== undefined && value !== '';
}
