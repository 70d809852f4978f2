import type { AccountView } from '../../../electron/shared/app-snapshot';
import { isProven } from '../../../electron/shared/tunnel-state';
import { CopyIcon } from '../../components/CopyButton';
import { useWords } from '../../i18n/use-words';
import { addressOf } from './Addresses';
import './practice.css';

interface PracticeGuideProps {
  readonly view: AccountView;
  readonly passphrase: string | null;
}

/** What to try with the practice mailbox, step by step. */
export function PracticeGuide({ view, passphrase }: PracticeGuideProps) {
  const t = useWords();
  const { account, state } = view;
  const [forward] = account.forwards;
  const fetch =
    forward === undefined
      ? null
      : t('window:practice.fetch', { address: addressOf(forward), user: account.sshUser });
  return (
    <div className="practice">
      <h3 className="practice__title">{t('window:practice.title')}</h3>
      <p>{t('window:practice.body')}</p>
      {!account.wanted ? (
        <p>{t('window:practice.off')}</p>
      ) : isProven(state) ? (
        <p>{fetch}</p>
      ) : (
        <ol className="practice__steps">
          <li>{t('window:practice.trust')}</li>
          {passphrase === null ? null : (
            <li>
              {t('window:practice.passphrase')}
              <span className="practice__secret">
                <code>{passphrase}</code>
                <CopyIcon text={passphrase} name={t('window:practice.passphrase-name')} />
              </span>
            </li>
          )}
          {fetch === null ? null : <li>{fetch}</li>}
        </ol>
      )}
    </div>
  );
}
