import type { Forward } from './account';
import type { AccountView } from './app-snapshot';
import { describeError, type Translate } from './messages';
import { assertNever } from './result';
import type { TunnelError } from './tunnel-error';
import { badgeOf, type Proof, type TunnelState } from './tunnel-state';

/** A state in words, from the shortest to the longest. */
export interface StateWords {
  /** Two words at most, for a menu item. */
  readonly short: string;
  /** A sentence or two, for a row whose error card stands below it. */
  readonly line: string;
  /** `line` and, if there is one, what went wrong; for places that show no card. */
  readonly long: string;
}

/** The error a state carries, if it carries one. */
export function errorOf(state: TunnelState): TunnelError | null {
  switch (state.kind) {
    case 'retrying':
      return state.cause;
    case 'needs-attention':
      return state.error;
    case 'connected':
      return state.proof.kind === 'failed' ? state.proof.error : null;
    case 'off':
    case 'ready':
    case 'connecting':
    case 'waiting-for-user':
    case 'offline':
    case 'disconnecting':
      return null;
    default:
      return assertNever(state);
  }
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** How long ago something was: relative up to a day, then a date. Both times in milliseconds since 1970. */
export function describeWhen(at: number, t: Translate, now: number): string {
  const age = now - at;
  if (age < MINUTE) return t('states:when.now');
  if (age < HOUR) return t('states:when.minutes', { ago: -Math.floor(age / MINUTE) });
  if (age < 24 * HOUR) return t('states:when.hours', { ago: -Math.floor(age / HOUR) });
  return t('states:when.date', { at });
}

/** Does nothing but send mail go through these forwards? */
function onlySends(forwards: readonly Forward[]): boolean {
  return forwards.every(({ protocol }) => protocol === 'smtp' || protocol === 'submission');
}

function describeConnected(proof: Proof, view: AccountView, t: Translate, now: number) {
  const short = t(`states:connected.${proof.kind}.short`);
  if (proof.kind !== 'greeted') return { short, line: t(`states:connected.${proof.kind}.long`) };
  const when = describeWhen(proof.greeting.at, t, now);
  const line = onlySends(view.account.forwards)
    ? t('states:connected.greeted.long-send', { when })
    : t('states:connected.greeted.long', { when });
  return { short, line };
}

/** That there is no network is no trouble of a mailbox: it is said where others say what they do. */
export function describeNoNetwork(t: Translate): string {
  const { title, body } = describeError({ kind: 'no-network' }, t);
  return `${title} ${body}`;
}

/** Nothing is proven at this moment; when it was last, that is said. */
function lastGreeted(kind: 'off' | 'ready', at: number | null, t: Translate, now: number): string {
  return at === null
    ? t(`states:${kind}.long`)
    : t(`states:${kind}.long-last`, { when: describeWhen(at, t, now) });
}

function describeShortAndLine(view: AccountView, t: Translate, now: number) {
  const { state, account, activity } = view;
  const names = { host: account.sshHost, user: account.sshUser };
  switch (state.kind) {
    case 'off':
      return {
        short: t('states:off.short'),
        line: lastGreeted('off', activity.greetedAt, t, now),
      };
    case 'offline':
      return { short: t('states:offline.short'), line: describeNoNetwork(t) };
    case 'disconnecting':
      return { short: t('states:disconnecting.short'), line: t('states:disconnecting.long') };
    case 'ready':
      return {
        short: t('states:ready.short'),
        line: lastGreeted('ready', state.last?.at ?? activity.greetedAt, t, now),
      };
    case 'connecting':
    case 'waiting-for-user':
      return {
        short: t(`states:${state.kind}.short`),
        line: t(`states:${state.kind}.${state.phase}`, names),
      };
    case 'connected':
      return describeConnected(state.proof, view, t, now);
    case 'retrying': {
      const count = Math.ceil((state.retryAt - now) / 1000);
      const line = count > 0 ? t('states:retrying.long', { count }) : t('states:retrying.now');
      return { short: t('states:retrying.short'), line };
    }
    case 'needs-attention': {
      const badge = badgeOf(state) === 'needs-you' ? 'needs-you' : 'problem';
      return {
        short: t(`states:needs-attention.${badge}.short`),
        line: t(`states:needs-attention.${badge}.long`),
      };
    }
    default:
      return assertNever(state);
  }
}

/** A state in a few words, for a row or a menu item: "On. Greeted 2 minutes ago." `now` is in milliseconds since 1970. */
export function describeState(view: AccountView, t: Translate, now: number): StateWords {
  const { short, line } = describeShortAndLine(view, t, now);
  const error = errorOf(view.state);
  return { short, line, long: error ? `${line} ${describeError(error, t).title}` : line };
}
