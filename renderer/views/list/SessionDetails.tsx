import type { SessionFacts } from '../../../electron/shared/app-snapshot';
import { Details } from '../../components/Details';
import { Fingerprint } from '../../components/Fingerprint';
import { useWords } from '../../i18n/use-words';

/** The ways of signing in, in a person's words. */
const METHODS: Readonly<Record<string, string>> = {
  agent: 'window:method.agent',
  key: 'window:method.key',
  'keyboard-interactive': 'window:method.keyboard-interactive',
  password: 'window:method.password',
};

/** What is known of the SSH connection, in SSH's own words. */
export function SessionDetails({ session }: { readonly session: SessionFacts }) {
  const t = useWords();
  const method = METHODS[session.signedInBy];
  const yesOrNo = (is: boolean): string => (is ? t('window:more.yes') : t('window:more.no'));
  return (
    <Details label={t('window:more.session')}>
      <dl className="facts facts--session">
        <dt>{t('window:more.session-server')}</dt>
        <dd>{session.serverVersion}</dd>
        <dt>{t('window:more.session-signed-in-by')}</dt>
        <dd>{method === undefined ? session.signedInBy : t(method)}</dd>
        <dt>{t('window:more.session-cipher')}</dt>
        <dd>{session.cipher}</dd>
        <dt>{t('window:more.session-key-exchange')}</dt>
        <dd>{session.keyExchange}</dd>
        <dt>{t('window:more.session-strict')}</dt>
        <dd>{yesOrNo(session.strictKeyExchange)}</dd>
        <dt>{t('window:more.session-compression')}</dt>
        <dd>{yesOrNo(session.compressed)}</dd>
        <dt>{t('window:more.session-host-key')}</dt>
        <dd>{session.hostKeyAlgorithm}</dd>
        <dt>{t('window:more.session-fingerprint')}</dt>
        <dd>
          <Fingerprint value={session.hostKeyFingerprint} />
        </dd>
      </dl>
    </Details>
  );
}
