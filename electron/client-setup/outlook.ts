import type { Translate } from '../shared/messages';
import type { Nature } from './blocks';
import { chosen, pages, typed, userField } from './blocks';
import type { SettingsOf } from './settings';

/** The fields of the classic Outlook for Windows. The new one fetches mail through a server of its maker's. */
export const outlookSettings: SettingsOf = (usable, t) => ({
  kind: 'fields',
  intro: t('programs:outlook.intro'),
  blocks: pages(usable, t, (forward, nature) => [
    ...(nature.incoming ? [chosen(t('programs:outlook.type'), nature.name)] : []),
    typed(serverLabel(nature, t), forward.localAddress),
    typed(t('programs:outlook.port'), forward.localPort),
    chosen(t('programs:outlook.security'), nature.tls ? 'SSL/TLS' : t('programs:outlook.none')),
    ...(nature.incoming
      ? []
      : [chosen(t('programs:outlook.outgoing-sign-in'), onOrOff(nature.signIn, t))]),
    ...(nature.signIn ? [userField(t('programs:outlook.user'), usable.account, t)] : []),
    ...(nature.signIn ? [chosen(t('programs:outlook.secure-password'), onOrOff(false, t))] : []),
  ]).map((block) => ({ ...block, notes: [...block.notes, t('programs:outlook.new-outlook')] })),
});

function serverLabel({ incoming }: Nature, t: Translate): string {
  return t(incoming ? 'programs:outlook.incoming-server' : 'programs:outlook.outgoing-server');
}

function onOrOff(on: boolean, t: Translate): string {
  return t(on ? 'programs:outlook.on' : 'programs:outlook.off');
}
