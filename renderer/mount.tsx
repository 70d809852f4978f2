import { StrictMode, useMemo, useState, type ReactNode } from 'react';
import { createRoot } from 'react-dom/client';
import type { IpcFailure } from '../electron/shared/ipc-contract';
import { bridge, reload } from './bridge';
import { Announcer } from './components/Announcer';
import { Bar } from './components/Bar';
import { ErrorBoundary } from './components/ErrorBoundary';
import { setUpWords } from './i18n/setup';
import { Spoken } from './i18n/Spoken';
import { useWords } from './i18n/use-words';
import { createSnapshotStore } from './state/snapshot-store';
import { SnapshotContext } from './state/use-snapshot';
import { createVerbs, VerbsContext } from './state/verbs';
import './styles/tokens.css';
import './styles/base.css';

/** Gives what is inside the verbs, and tells the person when one of them was not carried out. */
function WithVerbs({ children }: { readonly children: ReactNode }) {
  const t = useWords();
  const [trouble, setTrouble] = useState<IpcFailure | null>(null);
  const verbs = useMemo(() => createVerbs(bridge, setTrouble), []);
  return (
    <VerbsContext value={verbs}>
      <div className="page">
        {trouble === null ? null : (
          <Bar
            kind="trouble"
            dismissLabel={t('window:trouble.dismiss')}
            onDismiss={() => setTrouble(null)}
          >
            {t(`window:trouble.${trouble.kind}`)}
          </Bar>
        )}
        <div className="page__view">{children}</div>
      </div>
    </VerbsContext>
  );
}

/** Draws one of the windows: everything around its view is the same for both. */
export async function mount(view: ReactNode): Promise<void> {
  await setUpWords();
  const store = createSnapshotStore(bridge);
  const root = document.getElementById('root');
  if (root === null) throw new Error('The page has no root element.');
  createRoot(root).render(
    <StrictMode>
      <SnapshotContext value={store}>
        <Spoken>
          <ErrorBoundary onReload={reload}>
            <Announcer>
              <WithVerbs>{view}</WithVerbs>
            </Announcer>
          </ErrorBoundary>
        </Spoken>
      </SnapshotContext>
    </StrictMode>,
  );
}
