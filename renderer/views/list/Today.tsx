import { lastHour, todayOf } from '../../../electron/shared/activity';
import type { AccountView } from '../../../electron/shared/app-snapshot';
import { Sparkline } from '../../components/Sparkline';
import { describeBytes } from '../../i18n/bytes';
import { useWords } from '../../i18n/use-words';

interface TodayProps {
  readonly view: AccountView;
  readonly now: number;
}

/** What is carried now, what was today, and when in the last hour. */
export function Today({ view, now }: TodayProps) {
  const t = useWords();
  const { activity, traffic, account } = view;
  const today = todayOf(activity, now);
  const minutes = lastHour(activity, now);
  const most = Math.max(...minutes);
  const number = (count: number): string => t('window:more.count', { count });
  const saved = today.saved > 0 ? describeBytes(today.saved, t) : t('window:more.saved-nothing');
  const counts: readonly (readonly [what: string, amount: string])[] = [
    [t('window:more.connections'), number(traffic.openConnections)],
    [t('window:more.visits'), number(today.connections)],
    [t('window:more.checks'), number(today.checks)],
    [t('window:more.received'), describeBytes(today.bytesDown, t)],
    [t('window:more.sent'), describeBytes(today.bytesUp, t)],
    ...(account.compression ? [[t('window:more.saved'), saved] as const] : []),
  ];
  return (
    <section className="more__section">
      <h3 className="section-title">{t('window:more.today')}</h3>
      <div className="today">
        <dl className="counts">
          {counts.map(([what, amount]) => (
            <div key={what}>
              <dt>{what}</dt>
              <dd>{amount}</dd>
            </div>
          ))}
        </dl>
        {most === 0 ? null : (
          <figure className="today__hour">
            <Sparkline
              values={minutes}
              label={t('window:more.sparkline', { most: describeBytes(most, t) })}
            />
            <figcaption aria-hidden>{t('window:more.last-hour')}</figcaption>
          </figure>
        )}
      </div>
    </section>
  );
}
