import type { Activity } from '../../../electron/shared/activity';
import { describeWhen } from '../../../electron/shared/state-words';
import { useWords } from '../../i18n/use-words';
import { describeEvent } from '../../state/activity-view';

/** More than this is history, and nobody's business on an ordinary day. */
const SHOWN = 8;

interface RecentProps {
  readonly activity: Activity;
  readonly now: number;
}

/** What happened lately, newest first, in words. */
export function Recent({ activity, now }: RecentProps) {
  const t = useWords();
  const events = activity.events.slice(0, SHOWN);
  if (events.length === 0) return null;
  return (
    <section className="more__section">
      <h3 className="section-title">{t('window:more.recent')}</h3>
      <ol className="recent">
        {events.map((event, index) => (
          // They only move down as newer ones come.
          <li key={activity.events.length - index}>
            <span>{describeEvent(event, t)}</span>{' '}
            <span className="quiet">{describeWhen(event.at, t, now)}</span>
          </li>
        ))}
      </ol>
    </section>
  );
}
