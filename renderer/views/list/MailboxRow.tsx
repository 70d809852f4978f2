import { ChevronDown } from 'lucide-react';
import { useId } from 'react';
import { Button, Disclosure, DisclosurePanel } from 'react-aria-components';
import type { AccountView } from '../../../electron/shared/app-snapshot';
import { describeState } from '../../../electron/shared/state-words';
import { badgeOf } from '../../../electron/shared/tunnel-state';
import { StateBadge } from '../../components/StateBadge';
import { Switch } from '../../components/Switch';
import { useWords } from '../../i18n/use-words';
import { isTakingOver } from '../../state/activity-view';
import { useNow } from '../../state/use-now';
import { useTrouble } from '../../state/use-trouble';
import { useVerbs } from '../../state/verbs';
import { Addresses } from './Addresses';
import { ErrorCard } from './ErrorCard';
import { More } from './More';
import { PracticeGuide } from './PracticeGuide';
import { RowMenu } from './RowMenu';
import '../../components/disclosure.css';
import './row.css';

interface MailboxRowProps {
  readonly view: AccountView;
  readonly practicePassphrase: string | null;
  /** Opens the form; `field` is the one to begin with. */
  readonly onEdit: (field: string) => void;
  readonly onDuplicate: () => void;
  readonly onRemove: () => void;
}

/** One mailbox: the switch says what is wanted, the badge and the sentence say what is true. */
export function MailboxRow(props: MailboxRowProps) {
  const { view, practicePassphrase, onEdit, onDuplicate, onRemove } = props;
  const t = useWords();
  const verbs = useVerbs();
  const titleId = useId();
  const { account, state } = view;
  // A countdown ticks by the second; "2 minutes ago" need not.
  const now = useNow(state.kind === 'retrying' ? 1000 : 10_000);
  const badge = badgeOf(state);
  const error = useTrouble(state);
  const actions = {
    onEdit: () => onEdit(account.practice ? 'name' : 'sshHost'),
    onDuplicate,
    onRemove,
  };
  return (
    <article aria-labelledby={titleId}>
      <Disclosure className="row">
        <div className="row__head">
          <StateBadge badge={badge} />
          <h2 className="row__title">
            <Button slot="trigger" className="row__trigger" id={`mailbox-${account.id}`}>
              {/* A name runs its own way: what is too long of it is cut at its end. */}
              <span className="row__name" id={titleId} dir="auto">
                {account.name}
              </span>
              <ChevronDown className="disclosure__chevron" size={16} aria-hidden />
            </Button>
          </h2>
          <RowMenu view={view} actions={actions} />
          <Switch
            label={account.name}
            isOn={account.wanted}
            onChange={(on) => void verbs.setWanted(account.id, on)}
          />
          <p className="row__state" data-badge={badge}>
            {describeState(view, t, now).line}
          </p>
          {account.wanted && isTakingOver(view.activity, now) ? (
            <p className="row__news" role="status">
              {t('window:row.taking-over')}
            </p>
          ) : null}
        </div>
        <div className="row__below">
          {error === null ? null : <ErrorCard view={view} error={error} onEdit={onEdit} />}
          {account.practice ? <PracticeGuide view={view} passphrase={practicePassphrase} /> : null}
          <Addresses account={account} />
          <DisclosurePanel className="disclosure__panel">
            <More view={view} now={now} actions={actions} />
          </DisclosurePanel>
        </div>
      </Disclosure>
    </article>
  );
}
