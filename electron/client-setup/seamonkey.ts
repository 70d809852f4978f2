import { chosen, pages, typed, userField } from './blocks';
import type { SettingsOf } from './settings';

/** The fields of SeaMonkey's account settings, which Netscape's grew into. */
export const seamonkeySettings: SettingsOf = (usable, t) => ({
  kind: 'fields',
  intro: t('programs:seamonkey.intro'),
  blocks: pages(usable, t, (forward, { name, incoming, tls, signIn }) => [
    ...(incoming ? [chosen(t('programs:seamonkey.type'), name)] : []),
    typed(t('programs:seamonkey.server'), forward.localAddress),
    typed(t('programs:seamonkey.port'), forward.localPort),
    ...(signIn ? [userField(t('programs:seamonkey.user'), usable.account, t)] : []),
    chosen(t('programs:seamonkey.security'), tls ? 'SSL/TLS' : t('programs:seamonkey.none')),
    chosen(
      t('programs:seamonkey.method'),
      signIn ? t('programs:seamonkey.normal-password') : t('programs:seamonkey.no-sign-in'),
    ),
  ]),
});
