import type { Route, SignIn } from '../../shared/account';
import { MOST_JUMPS } from '../../shared/account';
import type { ImportedDraft, ImportedForward, ImportProblem } from '../../shared/imported';
import type { Result } from '../../shared/result';
import { fail, ok } from '../../shared/result';
import { collide, FORWARD_LIMIT } from '../account-rules';
import { blankDraft } from './blank-draft';
import type { ImportContext } from './context';
import { shortened } from './findings';
import { asksForThePast } from './ssh-keywords';
import type { Setting, SshOptions } from './ssh-options';
import type { Tokens } from './ssh-tokens';
import { connectionOf } from './ssh-timing';
import { expandPath, expandTokens } from './ssh-tokens';
import type { Destination } from './ssh-values';
import { isHostName, isLoopback, parseForward, parseJump, portOf, protocolOf } from './ssh-values';

/** What a mail program speaks through a forward. */
export type Spoken = Pick<ImportedForward, 'protocol' | 'tls'>;

/**
 * What is spoken at a local port whose mail server's port does not tell, where that is known; null else.
 *
 * @param index how many such ports the same command has before it
 */
export type SpokenAt = (localPort: number, index: number) => Spoken | null;

/** The options that count for another server on the way, by its name there. */
export type OptionsOf = (alias: string) => SshOptions;

/** Makes of gathered options the mailbox they mean. What cannot be carried over is added to `options.notCarried`. */
export function draftOfOptions(
  options: SshOptions,
  alias: Setting,
  context: ImportContext,
  optionsOf: OptionsOf,
  spokenAt: SpokenAt = () => null,
): Result<ImportedDraft, ImportProblem> {
  const target = resolve(options, alias, context);
  if (!target.ok) return target;
  const { host, port, user, tokens } = target.value;
  const route = routeOf(options, context, optionsOf, tokens);
  if (!route.ok) return route;
  const forwards = forwardsOf(options, spokenAt);
  if (!forwards.ok) return forwards;
  return ok({
    ...blankDraft(alias.text),
    sshHost: host,
    sshPort: port,
    sshUser: user,
    signIn: signInOf(options, tokens, context),
    route: route.value,
    oldServer: needsThePast(options),
    connection: connectionOf(options, tokens, context.home),
    compression: options.is('compression'),
    forwards: forwards.value,
  });
}

interface Target {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly tokens: Tokens;
}

/** Host, port and user, where options and `%`-tokens say them. */
function resolve(
  options: SshOptions,
  alias: Setting,
  context: ImportContext,
): Result<Target, ImportProblem> {
  const hostName = options.one('hostname');
  const host = hostName === undefined ? alias.text : expandTokens(hostName.text, { h: alias.text });
  if (host === null || !isHostName(host)) return broken(hostName ?? alias, 'import:ssh.host');
  const portText = options.one('port');
  const port = portText === undefined ? 22 : portOf(portText.text);
  if (port === null) return broken(portText ?? alias, 'import:ssh.port');
  const user = options.one('user')?.text ?? context.localUser;
  const tokens: Tokens = {
    ...{ h: host, n: alias.text, p: String(port), r: user, u: context.localUser, d: context.home },
    ...{ l: context.localHost, L: context.localHost.split('.')[0] ?? '' },
  };
  return ok({ host, port, user, tokens });
}

function broken(setting: Setting, messageKey: string) {
  const params = { text: shortened(setting.text) };
  return fail<ImportProblem>(setting.source.problem(setting.at, messageKey, params));
}

function needsThePast(options: SshOptions): boolean {
  const lists = ['kexalgorithms', 'hostkeyalgorithms', 'ciphers', 'macs'];
  const asking = [...lists, 'pubkeyacceptedalgorithms', 'pubkeyacceptedkeytypes'];
  return asking.some((name) => asksForThePast(options.one(name)?.text ?? ''));
}

/** How ssh would sign in, as near as one way of ours comes to it. */
function signInOf(options: SshOptions, tokens: Tokens, context: ImportContext): SignIn {
  const files = options.all('identityfile').filter((each) => each.text.toLowerCase() !== 'none');
  const [first, ...more] = files;
  for (const each of more)
    options.leaveOut(each.source.notCarried(each.at, each.text, 'import:why.one-key'));
  const agent = agentOf(options, tokens, context);
  if (first === undefined) {
    if (agent !== null) return agent;
    return wantsPassword(options) ? { kind: 'password' } : { kind: 'automatic' };
  }
  const path = expandPath(first.text, tokens, context.home);
  const left = (why: string) =>
    options.leaveOut(first.source.notCarried(first.at, first.text, why));
  if (path === null) {
    left('import:why.token');
    return agent ?? { kind: 'automatic' };
  }
  // The public half means a key that only an agent holds.
  if (path.endsWith('.pub')) {
    left('import:why.public-half');
    return agent ?? { kind: 'agent', socket: null, key: null };
  }
  return { kind: 'key-file', path };
}

function agentOf(options: SshOptions, tokens: Tokens, context: ImportContext): SignIn | null {
  const setting = options.one('identityagent');
  if (setting === undefined || setting.text.toLowerCase() === 'none') return null;
  if (setting.text === 'SSH_AUTH_SOCK') return { kind: 'agent', socket: null, key: null };
  const socket = expandPath(setting.text, tokens, context.home);
  if (socket !== null) return { kind: 'agent', socket, key: null };
  options.leaveOut(setting.source.notCarried(setting.at, setting.text, 'import:why.token'));
  return null;
}

function wantsPassword(options: SshOptions): boolean {
  const [first] = (options.one('preferredauthentications')?.text ?? '').split(',');
  const noKeys = ['no', 'false'].includes(
    options.one('pubkeyauthentication')?.text.toLowerCase() ?? '',
  );
  return noKeys || first === 'password' || first === 'keyboard-interactive';
}

/** The servers on the way; the last of the list is the one that reaches the target. */
function routeOf(
  options: SshOptions,
  context: ImportContext,
  optionsOf: OptionsOf,
  tokens: Tokens,
  depth = 0,
): Result<Route, ImportProblem> {
  const setting = options.one('proxyjump');
  if (setting === undefined) return ok({ kind: 'direct' });
  const text = expandTokens(setting.text, tokens);
  const hops = text === null ? null : parseJump(text);
  if (hops === null) return broken(setting, 'import:ssh.jump');
  const jump = setting;
  let route: Route = { kind: 'direct' };
  for (const [index, hop] of hops.entries()) {
    if (index + depth >= MOST_JUMPS) return broken(setting, 'import:ssh.jumps');
    const reached = reach(hop, index === 0, depth);
    if (!reached.ok) return reached;
    route = reached.value;
  }
  return ok(route);

  function reach(hop: Destination, isFirst: boolean, deep: number): Result<Route, ImportProblem> {
    const theirs = optionsOf(hop.host);
    const at = resolve(theirs, { ...jump, text: hop.host }, context);
    if (!at.ok) return at;
    // Only the first may have a way of its own: the others are reached by the ones before them.
    const before = isFirst
      ? routeOf(theirs, context, optionsOf, at.value.tokens, deep + 1)
      : ok(route);
    if (!before.ok) return before;
    const signIn = signInOf(theirs, at.value.tokens, context);
    options.leaveOut(...theirs.notCarried);
    const { host, port, user } = at.value;
    return ok({
      ...{ kind: 'jump', host, port: hop.port ?? port, user: hop.user ?? user },
      ...{ signIn, route: before.value },
    });
  }
}

/** The forwards to mail ports. A port of anything else is told, and so is an address that others could reach. */
function forwardsOf(
  options: SshOptions,
  spokenAt: SpokenAt,
): Result<readonly ImportedForward[], ImportProblem> {
  const forwards: (ImportedForward & { readonly localPort: number })[] = [];
  let untold = 0;
  if (options.is('clearallforwardings')) return ok([]);
  for (const setting of options.all('localforward')) {
    const spec = parseForward(setting.text);
    const leave = (why: string, params = {}) =>
      options.leaveOut(setting.source.notCarried(setting.at, setting.text, why, params));
    if (spec.kind === 'broken') return broken(setting, 'import:ssh.forward');
    if (spec.kind === 'socket') {
      leave('import:why.socket');
      continue;
    }
    const protocol = protocolOf(spec.hostPort);
    const spoken: Spoken | null =
      protocol === null ? spokenAt(spec.port, untold++) : { protocol, tls: 'none' };
    const localAddress = spec.bind?.toLowerCase() ?? 'localhost';
    const forward = { localAddress, localPort: spec.port };
    if (spoken === null) leave('import:why.no-mail-port', { port: spec.hostPort });
    else if (!isLoopback(localAddress)) leave('import:why.loopback-only');
    else if (!isHostName(spec.host)) return broken(setting, 'import:ssh.forward');
    else if (forwards.length >= FORWARD_LIMIT) leave('import:why.too-many');
    else if (forwards.some((other) => collide(other, forward))) leave('import:why.port-twice');
    else
      forwards.push({
        ...forward,
        ...{ protocol: spoken.protocol, mailHost: spec.host },
        ...{ mailPort: spec.hostPort, tls: spoken.tls },
      });
  }
  return ok(forwards);
}
