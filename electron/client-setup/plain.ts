import { chosen, natureOf, notesOn, protectionOf, titleOf, typed, userField } from './blocks';
import type { Block, SettingsOf } from './settings';

/** Everything any mail program needs for this mailbox, in words that most programs use. */
export const plainSettings: SettingsOf = ({ account, forwards }, t) => ({
  kind: 'fields',
  intro: t('programs:settings.intro'),
  blocks: forwards.map((forward): Block => {
    const security = natureOf(forward).tls
      ? t('programs:settings.security-tls')
      : protectionOf(account, forward, t);
    return {
      title: titleOf(forward, t),
      fields: [
        typed(t('programs:settings.server'), forward.localAddress),
        typed(t('programs:settings.port'), forward.localPort),
        userField(t('programs:settings.user'), account, t),
        chosen(t('programs:settings.security'), security),
      ],
      notes: notesOn(forward, t),
    };
  }),
});
