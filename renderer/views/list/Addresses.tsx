import type { Account, Forward } from '../../../electron/shared/account';
import { CopyIcon, CopyWords } from '../../components/CopyButton';
import { useWords } from '../../i18n/use-words';
import { useVerbs } from '../../state/verbs';

/** What a person types into a mail program: `localhost:11110`. */
export function addressOf({ localAddress, localPort }: Forward): string {
  return localAddress.includes(':')
    ? `[${localAddress}]:${localPort}`
    : `${localAddress}:${localPort}`;
}

/** Where the mail program finds this mailbox on this computer, each address with a button that copies it. */
export function Addresses({ account }: { readonly account: Account }) {
  const t = useWords();
  const verbs = useVerbs();
  return (
    <div className="addresses">
      <ul className="addresses__list" aria-label={t('window:row.addresses')}>
        {account.forwards.map((forward) => {
          const address = addressOf(forward);
          return (
            <li key={forward.id} className="addresses__item">
              <span className="addresses__protocol">{t(`form:protocol.${forward.protocol}`)}</span>
              <code className="addresses__value">{address}</code>
              <CopyIcon text={address} />
            </li>
          );
        })}
      </ul>
      <CopyWords
        label={t('window:row.copy-all')}
        name={t('window:row.copy-all-of', { name: account.name })}
        copy={() => verbs.copySettings(account.id)}
      />
    </div>
  );
}
