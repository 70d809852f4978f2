/** What a person's `user@host:port` takes apart into; only what was there. */
export interface ServerText {
  readonly host: string;
  readonly user?: string;
  readonly port?: number;
}

const PATTERN =
  /^(?:ssh:\/\/)?(?:(?<user>[^@\s]+)@)?(?:\[(?<v6>[0-9a-f:.]+)\]|(?<host>[^\s:@/[\]]+))(?::(?<port>\d{1,5}))?\/?$/iu;

/**
 * Takes apart what was typed or pasted as a server: `user@host:port`, `ssh://user@host`, `[2001:db8::1]:2222`.
 * Text of any other form comes back whole as the host, to be judged when it is saved.
 */
export function parseServerText(text: string): ServerText {
  const trimmed = text.trim();
  const groups = PATTERN.exec(trimmed)?.groups;
  if (groups === undefined) return { host: trimmed };
  const { user, v6, host, port } = groups;
  return {
    host: v6 ?? host ?? trimmed,
    ...(user === undefined ? {} : { user }),
    ...(port === undefined ? {} : { port: Number(port) }),
  };
}
