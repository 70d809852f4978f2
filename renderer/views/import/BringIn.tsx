import { ArrowLeft, FolderOpen } from 'lucide-react';
import type { KeyboardEvent, SubmitEvent } from 'react';
import type { OpenedSetup } from '../../../electron/shared/imported';
import { ok } from '../../../electron/shared/result';
import { Button, IconButton } from '../../components/Button';
import { useWords } from '../../i18n/use-words';
import { usePasted } from '../../state/use-pasted';
import { useVerbs } from '../../state/verbs';
import { PasteField } from './PasteField';
import '../form/form.css';

interface BringInProps {
  readonly onBack: () => void;
  /** A text was read; what it tells of is to be looked at. */
  readonly onRead: (opened: OpenedSetup) => void;
}

/** Where mailboxes come in that were set up elsewhere: pasted, chosen as a file, or dropped. */
export function BringIn({ onBack, onRead }: BringInProps) {
  const t = useWords();
  const verbs = useVerbs();
  const pasted = usePasted((outcome) =>
    onRead({ id: crypto.randomUUID(), fileName: null, read: ok(outcome) }),
  );
  const choose = async (): Promise<void> => {
    const opened = await verbs.openImport();
    if (opened) onRead(opened);
  };
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    void pasted.read();
  };
  const escape = (event: KeyboardEvent): void => {
    if (event.key === 'Escape' && !event.defaultPrevented) onBack();
  };
  return (
    <form className="window" onSubmit={submit} onKeyDown={escape} noValidate>
      <header className="window__head form__head">
        <IconButton label={t('form:back')} onPress={onBack}>
          <ArrowLeft size={20} aria-hidden className="mirrored" />
        </IconButton>
        <h1 className="page-title form__title">{t('import:page.title')}</h1>
      </header>
      <main className="window__body">
        <div className="window__column form">
          <p>{t('import:bring.intro')}</p>
          <PasteField label={t('import:bring.paste')} rows={8} pasted={pasted} />
          <div className="paste__file">
            <Button onPress={() => void choose()}>
              <FolderOpen size={16} aria-hidden />
              {t('import:bring.choose')}
            </Button>
            <span className="quiet">{t('import:bring.drop')}</span>
          </div>
        </div>
      </main>
      <footer className="form__foot">
        <Button onPress={onBack}>{t('form:cancel')}</Button>
        <Button kind="primary" submit>
          {t('wizard:paste.read')}
        </Button>
      </footer>
    </form>
  );
}
