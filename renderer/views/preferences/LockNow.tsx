import { useState } from 'react';
import { Button } from '../../components/Button';
import { useWords } from '../../i18n/use-words';
import { useVerbs } from '../../state/verbs';

/** Forgets what was unlocked, at once, and says so. */
export function LockNow() {
  const t = useWords();
  const verbs = useVerbs();
  const [isLocked, setIsLocked] = useState(false);
  const lock = async (): Promise<void> => {
    setIsLocked(false);
    setIsLocked((await verbs.lock()) !== undefined);
  };
  return (
    <div className="preferences__act">
      <Button onPress={() => void lock()}>{t('preferences:lock-now')}</Button>
      <p className="quiet" role="status">
        {isLocked ? t('preferences:locked') : null}
      </p>
    </div>
  );
}
