import type { Account, Route } from '../shared/account';
import type { AccountView, AppSnapshot } from '../shared/app-snapshot';

/** What of the computer whoever helps wants to know. */
export interface Surroundings {
  readonly electron: string;
  /** Name and release of the operating system. */
  readonly system: string;
  /** The desktop, as the session names it; empty where it has no name. */
  readonly desktop: string;
  /** The person's home folder, which is written as `~`: it holds the name that they sign in here with. */
  readonly home: string;
}

/** Most lines of the log that go into a report. */
export const LOG_LINES = 150;

/** Every name in the accounts that could tell who a person is or where their servers are, with what stands for it. */
function aliases(accounts: readonly Account[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  const counts = new Map<string, number>();
  const add = (name: string, kind: string): void => {
    if (name === '' || names.has(name)) return;
    const count = (counts.get(kind) ?? 0) + 1;
    counts.set(kind, count);
    names.set(name, `${kind}-${count}`);
  };
  const addRoute = (route: Route): void => {
    if (route.kind === 'direct') return;
    add(route.host, 'server');
    if (route.user !== null) add(route.user, 'user');
    if (route.kind === 'jump') addRoute(route.route);
  };
  for (const account of accounts) {
    add(account.name, 'mailbox');
    add(account.sshHost, 'server');
    add(account.sshUser, 'user');
    for (const forward of account.forwards) add(forward.mailHost, 'server');
    addRoute(account.route);
  }
  return names;
}

/** Puts what stands for a name in its place wherever it stands as a word of its own. */
function redact(text: string, names: ReadonlyMap<string, string>): string {
  const longestFirst = [...names].sort(([one], [other]) => other.length - one.length);
  return longestFirst.reduce((so, [name, alias]) => {
    const escaped = name.replace(/[.*+?^${}()|[\]\\]/gu, '\\$&');
    return so.replace(new RegExp(`(?<![\\p{L}\\p{N}])${escaped}(?![\\p{L}\\p{N}])`, 'giu'), alias);
  }, text);
}

function mailbox(view: AccountView, at: number): readonly string[] {
  const { account, state, traffic, session } = view;
  const seconds = 'since' in state ? ` for ${Math.round((at - state.since) / 1000)} s` : '';
  return [
    `- ${account.name}: wanted ${account.wanted ? 'on' : 'off'}, ${state.kind}${seconds}`,
    `  ssh: ${account.sshUser} at ${account.sshHost}:${account.sshPort}, sign-in ${account.signIn.kind}, route ${account.route.kind}, ${account.mode}`,
    ...account.forwards.map(
      ({ protocol, localAddress, localPort, mailHost, mailPort, tls }) =>
        `  forward: ${protocol} ${localAddress}:${localPort} -> ${mailHost}:${mailPort}, tls ${tls}`,
    ),
    `  traffic: ${traffic.openConnections} open of ${traffic.totalConnections}, ${traffic.bytesDown} bytes down, ${traffic.bytesUp} up`,
    ...(session === null ? [] : [`  session: ${session.serverVersion}, ${session.cipher}`]),
    ...('error' in state ? [`  error: ${JSON.stringify(state.error)}`] : []),
    ...('cause' in state ? [`  error: ${JSON.stringify(state.cause)}`] : []),
  ];
}

/**
 * The text that a person sends to whoever helps: versions, mailboxes, what is true of them, the end of the log. Always
 * in English, whoever reads it. Holds no secret, since neither the snapshot nor the log does; `redacted` takes out the
 * names of mailboxes, servers and users as well.
 */
export function reportView(
  snapshot: AppSnapshot,
  { electron, system, desktop, home }: Surroundings,
  log: readonly string[],
  redacted: boolean,
): string {
  const text = [
    `Mailmole ${snapshot.version}, Electron ${electron}, ${system}${desktop === '' ? '' : `, ${desktop}`}`,
    `At ${new Date(snapshot.at).toISOString()}, network ${snapshot.online ? 'there' : 'gone'}, language ${snapshot.language}`,
    '',
    `Mailboxes: ${snapshot.accounts.length}`,
    ...snapshot.accounts.flatMap((view) => mailbox(view, snapshot.at)),
    '',
    'Log:',
    ...log.slice(-LOG_LINES),
    '',
  ]
    .join('\n')
    .replaceAll(home.length > 1 ? home : '~', '~');
  return redacted ? redact(text, aliases(snapshot.accounts.map(({ account }) => account))) : text;
}
