import type { Account } from '../shared/account';
import type { Translate } from '../shared/messages';
import type { Block } from './blocks';
import { certificateNotes, natureOf, protectionOf, renderBlocks, titleOf } from './blocks';

/** The fields of Thunderbird's manual configuration page, under the names that page uses. */
export function thunderbirdSettings(account: Account, t: Translate): string {
  const blocks = account.forwards.map((forward): Block => {
    const { name, tls } = natureOf(forward);
    return {
      title: titleOf(forward, t),
      fields: [
        [t('app:thunderbird.protocol'), name],
        [t('app:thunderbird.hostname'), forward.localAddress],
        [t('app:thunderbird.port'), String(forward.localPort)],
        [t('app:thunderbird.security'), tls ? 'SSL/TLS' : t('app:thunderbird.none')],
        [t('app:thunderbird.method'), t('app:thunderbird.normal-password')],
        [t('app:thunderbird.user'), t('app:settings.user-hint', { user: account.sshUser })],
      ],
      notes: tls ? certificateNotes(forward, t) : [protectionOf(account, forward, t)],
    };
  });
  return renderBlocks(account.name, t('app:thunderbird.intro'), blocks);
}
