import type { ConnectionSettings } from '../../shared/account';
import { CONNECTION_RANGES, DEFAULT_CONNECTION } from '../../shared/account';
import type { Setting, SshOptions } from './ssh-options';
import type { Tokens } from './ssh-tokens';
import { expandPath } from './ssh-tokens';

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

/** A span as ssh_config(5) writes it (`90`, `1m30s`), in seconds; null when it is none. */
function secondsOf(text: string): number | null {
  if (!/^(?:\d{1,9}[smhdw]?){1,8}$/iu.test(text)) return null;
  let seconds = 0;
  for (const [, number = '', unit = ''] of text.matchAll(/(\d+)([smhdw]?)/giu))
    seconds += Number(number) * (UNITS[unit.toLowerCase()] ?? 1);
  return seconds;
}

type Numbers = keyof typeof CONNECTION_RANGES;

/** How the connection is held, where options say it; the nearest that Mailmole allows, and else its own. */
export function connectionOf(
  options: SshOptions,
  tokens: Tokens,
  home: string,
): ConnectionSettings {
  const number = (keyword: string, name: Numbers, read = secondsOf): number => {
    const setting = options.one(keyword);
    const asked = setting === undefined ? null : read(setting.text);
    if (setting === undefined || asked === null) return DEFAULT_CONNECTION[name];
    const [least, most] = CONNECTION_RANGES[name];
    const nearest = Math.min(most, Math.max(least, asked));
    if (nearest !== asked)
      options.leaveOut(
        setting.source.notCarried(setting.at, `${keyword} ${setting.text}`, 'import:why.nearest', {
          nearest,
        }),
      );
    return nearest;
  };
  const keepalive = options.one('serveraliveinterval') !== undefined;
  return {
    keepaliveSeconds: number('serveraliveinterval', 'keepaliveSeconds'),
    // It counts nothing where ssh asks for no signs of life.
    keepaliveCount: keepalive
      ? number('serveralivecountmax', 'keepaliveCount')
      : DEFAULT_CONNECTION.keepaliveCount,
    connectTimeoutSeconds: number('connecttimeout', 'connectTimeoutSeconds'),
    knownHostsFile: knownHostsOf(options, tokens, home),
    idleSeconds: DEFAULT_CONNECTION.idleSeconds,
  };
}

/** The file of known hosts, when there is one of its own. What ssh throws away is no file to trust. */
function knownHostsOf(options: SshOptions, tokens: Tokens, home: string): string | null {
  const setting = options.one('userknownhostsfile');
  if (setting === undefined || isUsual(setting, home)) return null;
  const path = setting.text.includes(' ') ? null : expandPath(setting.text, tokens, home);
  if (path !== null && path !== '/dev/null' && setting.text.toLowerCase() !== 'none') return path;
  const what = `UserKnownHostsFile ${setting.text}`;
  options.leaveOut(setting.source.notCarried(setting.at, what, 'import:why.known-hosts'));
  return null;
}

/** The files that Mailmole reads by itself. */
function isUsual({ text }: Setting, home: string): boolean {
  return text
    .split(' ')
    .every((each) => each.replace(/^~/u, home).startsWith(`${home}/.ssh/known_hosts`));
}
