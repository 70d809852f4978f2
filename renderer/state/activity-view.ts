import type { Activity, ActivityEvent } from '../../electron/shared/activity';
import { describeError, type Translate } from '../../electron/shared/messages';
import { assertNever } from '../../electron/shared/result';
import { describeBytes } from '../i18n/bytes';

/** What happened, in one sentence. */
export function describeEvent(event: ActivityEvent, t: Translate): string {
  switch (event.kind) {
    case 'switched-on':
    case 'switched-off':
    case 'greeted':
    case 'rested':
    case 'no-network':
      return t(`window:event.${event.kind}`);
    case 'changed':
      return t(event.reconnects ? 'window:event.changed-reconnects' : 'window:event.changed');
    case 'trouble': {
      const { title } = describeError(event.error, t);
      const { times } = event;
      return times === 1 ? title : t('window:event.trouble-again', { what: title, count: times });
    }
    case 'carried':
      return t('window:event.carried', {
        // One that came before and goes on carrying is there once all the same.
        count: Math.max(1, event.times),
        fetched: describeBytes(event.bytesDown, t),
        sent: describeBytes(event.bytesUp, t),
      });
    default:
      return assertNever(event);
  }
}

/** For how long a row says that a change was taken over, in milliseconds. */
const SAID_MS = 30_000;

/** Was the mailbox changed a moment ago, so that it has reconnected, or is about to? `now` is in milliseconds since 1970. */
export function isTakingOver({ events }: Activity, now: number): boolean {
  const change = events.find(({ kind }) => kind === 'changed');
  return change?.kind === 'changed' && change.reconnects && now - change.at < SAID_MS;
}
