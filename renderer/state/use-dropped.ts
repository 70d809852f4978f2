import { useEffect, useState } from 'react';
import { LARGEST_IMPORT, type OpenedSetup } from '../../electron/shared/imported';
import { useVerbs, type Verbs } from './verbs';

/** Reads what was dropped. Only a person's own kinds of text may name their files; a set-up file is read as nothing else. */
async function readDropped(file: File, verbs: Verbs): Promise<OpenedSetup | null> {
  const isSetup = file.name.toLowerCase().endsWith('.mailmole');
  // What is too long is cut where it is too long already, and refused as that.
  const text = await file.slice(0, 4 * LARGEST_IMPORT).text();
  const given = text.slice(0, LARGEST_IMPORT);
  const read = await (isSetup ? verbs.readSetup(given) : verbs.readImport(given));
  return read === undefined ? null : { id: crypto.randomUUID(), fileName: file.name, read };
}

/** A text that was brought here and read: the file that was dropped on the window last, or what is put in its place. */
export function useDropped(): readonly [OpenedSetup | null, (opened: OpenedSetup | null) => void] {
  const verbs = useVerbs();
  const [dropped, setDropped] = useState<OpenedSetup | null>(null);
  useEffect(() => {
    const over = (event: DragEvent): void => {
      if (event.dataTransfer?.types.includes('Files') === true) event.preventDefault();
    };
    const drop = (event: DragEvent): void => {
      const file = event.dataTransfer?.files[0];
      if (file === undefined) return;
      event.preventDefault();
      void readDropped(file, verbs).then(setDropped, () => setDropped(null));
    };
    document.addEventListener('dragover', over);
    document.addEventListener('drop', drop);
    return () => {
      document.removeEventListener('dragover', over);
      document.removeEventListener('drop', drop);
    };
  }, [verbs]);
  return [dropped, setDropped];
}
