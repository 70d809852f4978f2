import { Plus, Settings } from 'lucide-react';
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
  readonly onPreferences: () => void;
}

function Head({ snapshot, onAdd, onPreferences }: Omit<MailboxListProps, 'onEdit'>) {
  const t = useWords();
  const { accounts } = snapshot;
  return (
    <header className="window__head">
      <h1 className="window-head__name">
        <span className="window-head__mark" />
        {t('window:title')}
      </h1>
      {accounts.length > 0 ? (
        <Button id="add-mailbox" onPress={onAdd}>
          <Plus size={16} aria-hidden />
          {t('window:header.add')}
        </Button>
      ) : null}
      {accounts.length > 0 ? <HeadMenu hasMany={accounts.length > 1} /> : null}
      <IconButton id="open-preferences" label={t('preferences:open')} onPress={onPreferences}>
        <Settings size={20} aria-hidden />
      </IconButton>
    </header>
  );
}

/** The main window: every mailbox with what is wanted of it and what is true. */
export function MailboxList({ snapshot, onAdd, onEdit, onPreferences }: MailboxListProps) {
  const t = useWords();
  const verbs = useVerbs();
  const body = useRef<HTMLElement>(null);
  const { accounts, notices, undo, practicePassphrase } = snapshot;
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
      <Head snapshot={snapshot} onAdd={onAdd} onPreferences={onPreferences} />
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
          <EmptyState onAdd={onAdd} />
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
      {undo === null ? null : <UndoBar undo={undo} />}
    </div>
  );
}
