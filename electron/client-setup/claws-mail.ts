import { chosen, pages, typed, userField } from './blocks';
import type { SettingsOf } from './settings';

/** The fields of Claws Mail's account preferences: the pages Basic, Send, TLS and Advanced. */
export const clawsMailSettings: SettingsOf = (usable, t) => {
  const onOrOff = (on: boolean) => t(on ? 'programs:claws-mail.on' : 'programs:claws-mail.off');
  return {
    kind: 'fields',
    intro: t('programs:claws-mail.intro'),
    blocks: pages(usable, t, (forward, { name, incoming, tls, signIn }) => {
      const protocol = name === 'POP3' ? 'POP' : name;
      const server = incoming
        ? t('programs:claws-mail.incoming-server')
        : t('programs:claws-mail.outgoing-server');
      return [
        ...(incoming ? [chosen(t('programs:claws-mail.protocol'), protocol)] : []),
        typed(server, forward.localAddress),
        ...(incoming ? [] : [chosen(t('programs:claws-mail.outgoing-sign-in'), onOrOff(signIn))]),
        ...(signIn ? [userField(t('programs:claws-mail.user'), usable.account, t)] : []),
        chosen(
          t('programs:claws-mail.tls', { protocol }),
          t(tls ? 'programs:claws-mail.use-tls' : 'programs:claws-mail.no-tls'),
        ),
        typed(t('programs:claws-mail.port', { protocol }), forward.localPort),
      ];
    }),
  };
};
