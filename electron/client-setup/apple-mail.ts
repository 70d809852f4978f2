import { chosen, pages, typed, userField } from './blocks';
import type { SettingsOf } from './settings';

/** The fields of Apple Mail's page "Server Settings", whose help calls them so. */
export const appleMailSettings: SettingsOf = (usable, t) => {
  const on = t('programs:apple-mail.on');
  const off = t('programs:apple-mail.off');
  return {
    kind: 'fields',
    intro: t('programs:apple-mail.intro'),
    blocks: pages(usable, t, (forward, { name, incoming, tls, signIn }) => [
      ...(incoming ? [chosen(t('programs:apple-mail.type'), name === 'POP3' ? 'POP' : name)] : []),
      ...(signIn ? [userField(t('programs:apple-mail.user'), usable.account, t)] : []),
      typed(t('programs:apple-mail.server'), forward.localAddress),
      // It would try other ports and TLS by itself.
      chosen(t('programs:apple-mail.automatic'), off),
      typed(t('programs:apple-mail.port'), forward.localPort),
      chosen(t('programs:apple-mail.tls'), tls ? on : off),
      chosen(
        t('programs:apple-mail.method'),
        signIn ? t('programs:apple-mail.password') : t('programs:apple-mail.none'),
      ),
      // What it calls insecure is a password without TLS, which goes no further than this computer.
      ...(signIn && !tls ? [chosen(t('programs:apple-mail.insecure'), on)] : []),
    ]),
  };
};
