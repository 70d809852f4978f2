import type { AccountView } from '../../../electron/shared/app-snapshot';
import { describeWhen } from '../../../electron/shared/messages';
import type { GreetingProof, TunnelState } from '../../../electron/shared/tunnel-state';
import { describeBytes } from '../../i18n/bytes';
import { useWords } from '../../i18n/use-words';
import { mailPathsOf } from '../../state/mail-path';
import { PathPicture } from './PathPicture';
import { SessionDetails } from './SessionDetails';
import './more.css';

/** The greeting read last, if this state knows of one. */
function greetingOf(state: TunnelState): GreetingProof | null {
  if (state.kind === 'ready') return state.last;
  if (state.kind === 'connected' && state.proof.kind === 'greeted') return state.proof.greeting;
  return null;
}

interface MoreProps {
  readonly view: AccountView;
  readonly now: number;
}

/** An opened row: the way of the mail, what the mail server said, what was carried, and the facts for the curious. */
export function More({ view, now }: MoreProps) {
  const t = useWords();
  const { account, traffic, session, state } = view;
  const greeting = greetingOf(state);
  const saved = traffic.beforeCompression - traffic.afterCompression;
  return (
    <div className="more">
      <section className="more__section">
        <h3 className="section-title">{t('window:more.path')}</h3>
        {mailPathsOf(account).map((path) => (
          <PathPicture key={`${path.mailServer} ${path.beyond}`} path={path} />
        ))}
      </section>
      {greeting === null ? null : (
        <section className="more__section">
          <h3 className="section-title">{t('window:more.greeting')}</h3>
          <p>
            <code className="greeting" dir="ltr">
              {greeting.text}
            </code>{' '}
            <span className="quiet">{describeWhen(greeting.at, t, now)}</span>
          </p>
        </section>
      )}
      <section className="more__section">
        <h3 className="section-title">{t('window:more.traffic')}</h3>
        <dl className="facts">
          <dt>{t('window:more.connections')}</dt>
          <dd>
            {t('window:more.connections-value', {
              open: traffic.openConnections,
              total: traffic.totalConnections,
            })}
          </dd>
          <dt>{t('window:more.received')}</dt>
          <dd>{describeBytes(traffic.bytesDown, t)}</dd>
          <dt>{t('window:more.sent')}</dt>
          <dd>{describeBytes(traffic.bytesUp, t)}</dd>
          {saved > 0 ? (
            <>
              <dt>{t('window:more.saved')}</dt>
              <dd>{describeBytes(saved, t)}</dd>
            </>
          ) : null}
        </dl>
      </section>
      {session === null ? null : <SessionDetails session={session} />}
    </div>
  );
}
