import { ArrowRight } from 'lucide-react';
import type { Account } from '../../../electron/shared/account';
import { useWords } from '../../i18n/use-words';
import { addressOf } from './Addresses';

/** Which port of this computer leads to which port of which mail server. */
export function Forwards({ account }: { readonly account: Account }) {
  const t = useWords();
  return (
    <section className="more__section">
      <h3 className="section-title">{t('window:more.forwards')}</h3>
      <ul className="forwards">
        {account.forwards.map((forward) => {
          const { id, protocol, mailHost, mailPort } = forward;
          const host = mailHost.includes(':') ? `[${mailHost}]` : mailHost;
          return (
            <li key={id}>
              <span className="quiet">{t(`form:protocol.${protocol}`)}</span>
              <code dir="ltr">{addressOf(forward)}</code>
              <ArrowRight
                className="mirrored"
                size={14}
                role="img"
                aria-label={t('window:more.to')}
              />
              <code dir="ltr">{`${host}:${mailPort}`}</code>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
