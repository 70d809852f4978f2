import type { LucideIcon } from 'lucide-react';
import { Button } from '../../components/Button';
import { useWords } from '../../i18n/use-words';
import '../../components/bar.css';

interface UndoBarProps {
  readonly Icon: LucideIcon;
  /** What was done. */
  readonly words: string;
  readonly onUndo: () => void;
}

/** Nothing asks "Are you sure?": what was done can be taken back from here. */
export function UndoBar({ Icon, words, onUndo }: UndoBarProps) {
  const t = useWords();
  return (
    <div className="bar bar--floating" role="status">
      <Icon size={16} aria-hidden />
      <p className="bar__text">{words}</p>
      <Button kind="quiet" small onPress={onUndo}>
        {t('window:undo.button')}
      </Button>
    </div>
  );
}
