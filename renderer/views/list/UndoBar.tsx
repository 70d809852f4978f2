import { Trash2 } from 'lucide-react';
import type { Undo } from '../../../electron/shared/app-snapshot';
import { Button } from '../../components/Button';
import { useWords } from '../../i18n/use-words';
import { useVerbs } from '../../state/verbs';
import '../../components/bar.css';

/** Nothing asks "Are you sure?": what was removed can be brought back from here. */
export function UndoBar({ undo }: { readonly undo: Undo }) {
  const t = useWords();
  const verbs = useVerbs();
  return (
    <div className="bar bar--floating" role="status">
      <Trash2 size={16} aria-hidden />
      <p className="bar__text">{t('window:undo.removed', { name: undo.name })}</p>
      <Button kind="quiet" small onPress={() => void verbs.undoRemove()}>
        {t('window:undo.button')}
      </Button>
    </div>
  );
}
