import { chosen, pages, typed, userField } from './blocks';
import type { SettingsOf } from './settings';

/** The fields of Thunderbird's manual configuration page, under the names that page uses. */
export const thunderbirdSettings: SettingsOf = (usable, t) => ({
  kind: 'fields',
  intro: t('programs:thunderbird.intro'),
  blocks: pages(usable, t, (forward, { name, tls, signIn }) => [
    chosen(t('programs:thunderbird.protocol'), name),
    typed(t('programs:thunderbird.hostname'), forward.localAddress),
    typed(t('programs:thunderbird.port'), forward.localPort),
    chosen(t('programs:thunderbird.security'), tls ? 'SSL/TLS' : t('programs:thunderbird.none')),
    chosen(
      t('programs:thunderbird.method'),
      signIn ? t('programs:thunderbird.normal-password') : t('programs:thunderbird.no-sign-in'),
    ),
    ...(signIn ? [userField(t('programs:thunderbird.user'), usable.account, t)] : []),
  ]),
});
