import type { Account, Route } from './account';
import { describeError, type Translate } from './messages';
import type { TunnelError } from './tunnel-error';

/** What a text for an administrator tells besides the error itself. */
export interface AdminFacts {
  readonly account: Pick<
    Account,
    'name' | 'sshHost' | 'sshPort' | 'sshUser' | 'route' | 'forwards' | 'sessionChannel'
  >;
  readonly version: string;
  /** When it is written, in milliseconds since 1970. */
  readonly now: number;
}

function stationsOf(route: Route): readonly string[] {
  switch (route.kind) {
    case 'direct':
      return [];
    case 'socks5':
    case 'http':
      return [`${route.kind} ${route.host}:${route.port}`];
    case 'jump':
      return [...stationsOf(route.route), `${route.user}@${route.host}:${route.port}`];
  }
}

/**
 * What a person hands on to whoever runs the server, so that nobody has to ask back: what happened, where, and the raw
 * text. Holds no secret, since neither an account nor an error does.
 */
export function adminText(error: TunnelError, facts: AdminFacts, t: Translate): string {
  const { account, version, now } = facts;
  const { title, details } = describeError(error, t);
  const stations = stationsOf(account.route);
  return [
    t(account.sessionChannel ? 'window:admin.intro-session' : 'window:admin.intro', {
      name: account.name,
      version,
    }),
    title,
    '',
    t('window:admin.server', { host: account.sshHost, port: String(account.sshPort) }),
    t('window:admin.user', { user: account.sshUser }),
    ...(stations.length === 0 ? [] : [t('window:admin.route', { route: stations.join(', ') })]),
    ...account.forwards.map(({ mailHost, mailPort, protocol }) =>
      t('window:admin.mail', {
        host: mailHost,
        port: String(mailPort),
        protocol: t(`form:protocol.${protocol}`),
      }),
    ),
    t('window:admin.time', { time: new Date(now).toISOString() }),
    '',
    details,
    '',
  ].join('\n');
}
