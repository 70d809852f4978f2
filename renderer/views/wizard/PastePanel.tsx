import type { ImportOutcome } from '../../../electron/shared/imported';
import { Button } from '../../components/Button';
import { useWords } from '../../i18n/use-words';
import { usePasted } from '../../state/use-pasted';
import { PasteField } from '../import/PasteField';

interface PastePanelProps {
  readonly onCancel: () => void;
  readonly onRead: (outcome: ImportOutcome) => void;
}

/** A text that a person was given: an ssh command, a .fetchmailrc, a set-up file. It is read, and not kept. */
export function PastePanel({ onCancel, onRead }: PastePanelProps) {
  const t = useWords();
  const pasted = usePasted(onRead);
  return (
    <div className="paste">
      <PasteField label={t('wizard:paste.label')} rows={4} pasted={pasted} />
      <div className="paste__actions">
        <Button onPress={onCancel}>{t('wizard:paste.cancel')}</Button>
        <Button kind="primary" onPress={() => void pasted.read()}>
          {t('wizard:paste.read')}
        </Button>
      </div>
    </div>
  );
}
