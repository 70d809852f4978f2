import { Copy, Pencil, Trash2 } from 'lucide-react';
import type { AccountView } from '../../../electron/shared/app-snapshot';
import { describeWhen } from '../../../electron/shared/state-words';
import type { GreetingProof, TunnelState } from '../../../electron/shared/tunnel-state';
import { Button } from '../../components/Button';
import { useWords } from '../../i18n/use-words';
import { bridged, mailPathsOf } from '../../state/mail-path';
import { useVerbs } from '../../state/verbs';
import { ForPrograms } from './ForPrograms';
import { Forwards } from './Forwards';
import { PathPicture } from './PathPicture';
import { Recent } from './Recent';
import type { RowActions } from './RowMenu';
import { SessionDetails } from './SessionDetails';
import { Today } from './Today';
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
  readonly actions: RowActions;
}

/** An opened row: the way of the mail, what was carried and what happened, and what can be done with the mailbox. */
export function More({ view, now, actions }: MoreProps) {
  const t = useWords();
  const verbs = useVerbs();
  const { account, session, state, activity } = view;
  const greeting = greetingOf(state);
  const bridge = (mailServer: string): void => {
    const { id, wanted: _wanted, ...draft } = account;
    void verbs.saveAccount(id, { ...draft, forwards: bridged(account, mailServer) });
  };
  return (
    <div className="more">
      <ForPrograms account={account} />
      <section className="more__section">
        <h3 className="section-title">{t('window:more.path')}</h3>
        {mailPathsOf(account).map((path) => (
          <PathPicture key={`${path.mailServer} ${path.beyond}`} path={path} onBridge={bridge} />
        ))}
      </section>
      <Forwards account={account} />
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
      <Today view={view} now={now} />
      <Recent activity={activity} now={now} />
      {session === null ? null : <SessionDetails session={session} />}
      <div className="more__actions">
        <Button small onPress={actions.onEdit}>
          <Pencil size={14} aria-hidden />
          {t('window:row.edit')}
        </Button>
        {account.practice ? null : (
          <Button small onPress={actions.onDuplicate}>
            <Copy size={14} aria-hidden />
            {t('window:row.duplicate')}
          </Button>
        )}
        <Button small onPress={actions.onRemove}>
          <Trash2 size={14} aria-hidden />
          {t('window:row.remove')}
        </Button>
      </div>
    </div>
  );
}
