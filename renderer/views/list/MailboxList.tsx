import { Plus, Settings, Trash2, Undo2 } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import type { AccountId } from '../../../electron/shared/account';
import type { AppSnapshot } from '../../../electron/shared/app-snapshot';
import { Bar } from '../../components/Bar';
import { Button, IconButton } from '../../components/Button';
import { useWords } from '../../i18n/use-words';
import { useVerbs } from '../../state/verbs';
import { EmptyState } from './EmptyState';
import { HeadMenu } from './HeadMenu';
import { MailboxRow } from './MailboxRow';
import { UndoBar } from './UndoBar';
import './window-head.css';

interface MailboxListProps {
  readonly snapshot: AppSnapshot;
  readonly onAdd: () => void;
  readonly onEdit: (id: AccountId, field: string) => void;
  /** Leads to where mailboxes come in that were set up elsewhere. */
  readonly onImport: () => void;
  readonly onPreferences: () => void;
  /** The name of the mailbox whose form was cancelled with something typed in it; null when there is nothing to bring back. */
  readonly cancelled: string | null;
  readonly onUndoCancel: () => void;
}

type HeadProps = Pick<MailboxListProps, 'snapshot' | 'onAdd' | 'onImport' | 'onPreferences'>;

/** What can be taken back: the last thing that was done. */
function Undoable({ snapshot, cancelled, onUndoCancel }: Omit<MailboxListProps, 'onEdit'>) {
  const t = useWords();
  const verbs = useVerbs();
  if (cancelled !== null)
    return (
      <UndoBar
        Icon={Undo2}
        words={
          cancelled === ''
            ? t('window:undo.cancelled')
            : t('window:undo.cancelled-of', { name: cancelled })
        }
        onUndo={onUndoCancel}
      />
    );
  if (snapshot.undo === null) return null;
  const words = t('window:undo.removed', { name: snapshot.undo.name });
  return <UndoBar Icon={Trash2} words={words} onUndo={() => void verbs.undoRemove()} />;
}

function Head({ snapshot, ...go }: HeadProps) {
  const t = useWords();
  const { accounts } = snapshot;
  return (
    <header className="window__head">
      <h1 className="window-head__name">
        <span className="window-head__mark" />
        <span className="window-head__words">{t('window:title')}</span>
      </h1>
      {accounts.length > 0 ? (
        <Button id="add-mailbox" onPress={go.onAdd}>
          <Plus size={16} aria-hidden />
          {t('window:header.add')}
        </Button>
      ) : null}
      <HeadMenu accounts={accounts} {...go} />
      <IconButton id="open-preferences" label={t('preferences:open')} onPress={go.onPreferences}>
        <Settings size={20} aria-hidden />
      </IconButton>
    </header>
  );
}

/** The main window: every mailbox with what is wanted of it and what is true. */
export function MailboxList({ snapshot, onEdit, ...go }: MailboxListProps) {
  const t = useWords();
  const verbs = useVerbs();
  const body = useRef<HTMLElement>(null);
  const { accounts, notices, practicePassphrase } = snapshot;
  // A copy is opened for its person to change as soon as the list has it.
  const [copied, setCopied] = useState<AccountId | null>(null);
  const opened = useRef<AccountId | null>(null);
  const isCopyThere = accounts.some(({ account }) => account.id === copied);
  useEffect(() => {
    if (copied === null || !isCopyThere || opened.current === copied) return;
    opened.current = copied;
    onEdit(copied, 'name');
  }, [copied, isCopyThere, onEdit]);
  const duplicate = async (id: AccountId): Promise<void> => {
    setCopied((await verbs.duplicateAccount(id)) ?? null);
  };
  const remove = async (id: AccountId): Promise<void> => {
    await verbs.removeAccount(id);
    // The row that had the focus is gone; from here the next Tab leads to what is left.
    body.current?.focus();
  };
  return (
    <div className="window">
      <Head snapshot={snapshot} {...go} />
      {notices.map(({ id, messageKey, params }) => (
        <Bar
          key={id}
          kind="news"
          dismissLabel={t('window:notice.dismiss')}
          onDismiss={() => void verbs.dismissNotice(id)}
        >
          {t(messageKey, params)}
        </Bar>
      ))}
      <main className="window__body" ref={body} tabIndex={-1}>
        {accounts.length === 0 ? (
          <EmptyState onAdd={go.onAdd} />
        ) : (
          <ul className="window__column list" aria-label={t('window:list.label')}>
            {accounts.map((view) => (
              <li key={view.account.id}>
                <MailboxRow
                  view={view}
                  practicePassphrase={practicePassphrase}
                  onEdit={(field) => onEdit(view.account.id, field)}
                  onDuplicate={() => void duplicate(view.account.id)}
                  onRemove={() => void remove(view.account.id)}
                />
              </li>
            ))}
          </ul>
        )}
      </main>
      <Undoable snapshot={snapshot} {...go} />
    </div>
  );
}
