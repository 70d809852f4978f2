import { useState, type DragEvent } from 'react';
import { Button } from '../../components/Button';
import { TextRow } from '../../components/TextRow';
import { useWords } from '../../i18n/use-words';
import { useVerbs } from '../../state/verbs';
import { fieldId } from './field-focus';
import type { FormHandle } from './use-form';
import './key-file.css';

/** Is something dragged that comes from a folder? */
function hasFiles(event: DragEvent): boolean {
  return event.dataTransfer.types.includes('Files');
}

/** The private key's file: dropped here, chosen, or typed. */
export function KeyFile({ handle }: { readonly handle: FormHandle }) {
  const t = useWords();
  const { pathOfFile } = useVerbs();
  const { form, set, problemOf, chooseKey } = handle;
  const [isOver, setIsOver] = useState(false);
  const take = (keyPath: string): void => set((now) => ({ ...now, keyPath }), 'signIn.path');
  const drop = (event: DragEvent): void => {
    event.preventDefault();
    // Elsewhere in the window a file is taken for a set-up file.
    event.stopPropagation();
    setIsOver(false);
    const [file] = event.dataTransfer.files;
    const path = file === undefined ? '' : pathOfFile(file);
    if (path !== '') take(path);
  };
  const over = (event: DragEvent): void => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    setIsOver(true);
  };
  return (
    <div
      className="key-file"
      data-over={isOver}
      onDragEnter={over}
      onDragOver={over}
      onDragLeave={() => setIsOver(false)}
      onDrop={drop}
    >
      <TextRow
        id={fieldId('signIn.path')}
        label={t('form:key-path.label')}
        hint={t('form:key-path.drop')}
        value={form.keyPath}
        problem={problemOf('signIn.path')}
        isTechnical
        onChange={take}
      >
        <Button onPress={() => void chooseKey()}>{t('form:key-path.choose')}</Button>
      </TextRow>
    </div>
  );
}
