import type { Account } from '../shared/account';
import type { Translate } from '../shared/messages';
import type { Block } from './blocks';
import { certificateNotes, natureOf, protectionOf, renderBlocks, titleOf } from './blocks';

/** Everything any mail program needs for this mailbox, as text: what "Copy all settings" copies. */
export function plainSettings(account: Account, t: Translate): string {
  const blocks = account.forwards.map((forward): Block => {
    const security = natureOf(forward).tls
      ? t('app:settings.security-tls')
      : protectionOf(account, forward, t);
    return {
      title: titleOf(forward, t),
      fields: [
        [t('app:settings.server'), forward.localAddress],
        [t('app:settings.port'), String(forward.localPort)],
        [t('app:settings.user'), t('app:settings.user-hint', { user: account.sshUser })],
        [t('app:settings.security'), security],
      ],
      notes: certificateNotes(forward, t),
    };
  });
  return renderBlocks(account.name, t('app:settings.intro'), blocks);
}
