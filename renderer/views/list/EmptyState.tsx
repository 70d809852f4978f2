import { Button } from '../../components/Button';
import { useWords } from '../../i18n/use-words';
import { useVerbs } from '../../state/verbs';
import './empty.css';

/** What a person sees first: one sentence and two ways to go. */
export function EmptyState({ onAdd }: { readonly onAdd: () => void }) {
  const t = useWords();
  const verbs = useVerbs();
  return (
    <div className="empty">
      <div className="empty__picture" />
      <p className="empty__sentence">{t('window:empty.sentence')}</p>
      <div className="empty__actions">
        <Button kind="primary" id="add-mailbox" onPress={onAdd}>
          {t('window:empty.add')}
        </Button>
        <Button kind="quiet" onPress={() => void verbs.addPractice()}>
          {t('window:empty.practice')}
        </Button>
      </div>
    </div>
  );
}
