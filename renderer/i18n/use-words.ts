import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Translate } from '../../electron/shared/messages';

/** The catalogue, as the shared functions want it: full keys in, sentences out. */
export function useWords(): Translate {
  const { t } = useTranslation();
  return useMemo(() => (key, params) => t(key, { ...params }), [t]);
}
