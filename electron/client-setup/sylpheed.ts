import { chosen, pages, typed, userField } from './blocks';
import type { SettingsOf } from './settings';

/** The fields of Sylpheed's account preferences: the pages Basic, Send, SSL and Advanced. */
export const sylpheedSettings: SettingsOf = (usable, t) => {
  const onOrOff = (on: boolean) => t(on ? 'programs:sylpheed.on' : 'programs:sylpheed.off');
  return {
    kind: 'fields',
    intro: t('programs:sylpheed.intro'),
    blocks: pages(usable, t, (forward, { name, incoming, tls, signIn }) => {
      const protocol = name === 'IMAP' ? 'IMAP4' : name;
      const server = incoming
        ? t('programs:sylpheed.incoming-server')
        : t('programs:sylpheed.outgoing-server');
      return [
        ...(incoming ? [chosen(t('programs:sylpheed.protocol'), protocol)] : []),
        typed(server, forward.localAddress),
        ...(incoming ? [] : [chosen(t('programs:sylpheed.outgoing-sign-in'), onOrOff(signIn))]),
        ...(signIn ? [userField(t('programs:sylpheed.user'), usable.account, t)] : []),
        chosen(
          t('programs:sylpheed.ssl', { protocol }),
          t(tls ? 'programs:sylpheed.use-ssl' : 'programs:sylpheed.no-ssl', { protocol }),
        ),
        typed(t('programs:sylpheed.port', { protocol }), forward.localPort),
      ];
    }),
  };
};
