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
  const most = describeBytes(Math.max(...minutes), t);
  return (
    <section className="more__section">
      <h3 className="section-title">{t('window:more.today')}</h3>
      <div className="today">
        <dl className="facts">
          <dt>{t('window:more.connections')}</dt>
          <dd>{t('window:more.count', { count: traffic.openConnections })}</dd>
          <dt>{t('window:more.visits')}</dt>
          <dd>{t('window:more.count', { count: today.connections })}</dd>
          <dt>{t('window:more.checks')}</dt>
          <dd>{t('window:more.count', { count: today.checks })}</dd>
          <dt>{t('window:more.received')}</dt>
          <dd>{describeBytes(today.bytesDown, t)}</dd>
          <dt>{t('window:more.sent')}</dt>
          <dd>{describeBytes(today.bytesUp, t)}</dd>
          {account.compression ? (
            <>
              <dt>{t('window:more.saved')}</dt>
              <dd>
                {today.saved > 0 ? describeBytes(today.saved, t) : t('window:more.saved-nothing')}
              </dd>
            </>
          ) : null}
        </dl>
        <figure className="today__hour">
          <Sparkline values={minutes} label={t('window:more.sparkline', { most })} />
          <figcaption aria-hidden>{t('window:more.last-hour')}</figcaption>
        </figure>
      </div>
    </section>
  );
}
