import { useState } from 'react';
import { LOG_LEVELS } from '../../../electron/shared/preferences';
import { Button } from '../../components/Button';
import { CheckRow } from '../../components/Choices';
import { SelectRow } from '../../components/SelectRow';
import { useWords } from '../../i18n/use-words';
import { useVerbs } from '../../state/verbs';
import type { PreferencesHandle } from './Preferences';

/** The log, and the report for whoever helps. */
export function HelpSection({ preferences, change }: PreferencesHandle) {
  const t = useWords();
  const verbs = useVerbs();
  const [isRedacted, setIsRedacted] = useState(true);
  const [isCopied, setIsCopied] = useState(false);
  const copy = async (): Promise<void> => {
    setIsCopied(false);
    setIsCopied((await verbs.copyReport(isRedacted)) !== undefined);
  };
  return (
    <>
      <SelectRow
        id="log-level"
        label={t('preferences:log-level.label')}
        value={preferences.logLevel}
        choices={LOG_LEVELS.map((key) => ({
          key,
          label: t(`preferences:log-level.${key}`),
          hint: '',
        }))}
        onChange={(logLevel) => change({ logLevel })}
      />
      <CheckRow
        label={t('preferences:report-redacted')}
        hint={t('preferences:report-hint')}
        isSelected={isRedacted}
        onChange={setIsRedacted}
      />
      <div className="preferences__act">
        <Button onPress={() => void copy()}>{t('preferences:report')}</Button>
        <p className="quiet" role="status">
          {isCopied ? t('window:copy.done') : null}
        </p>
      </div>
    </>
  );
}
