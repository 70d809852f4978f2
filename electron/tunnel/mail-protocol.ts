import type { Forward, ForwardProtocol } from '../shared/account';

/** What is spoken under the encryption, if there is any. */
export type MailProtocol = 'pop3' | 'imap' | 'smtp';

export function mailProtocolOf(protocol: ForwardProtocol): MailProtocol {
  switch (protocol) {
    case 'pop3':
    case 'pop3s':
      return 'pop3';
    case 'imap':
    case 'imaps':
      return 'imap';
    case 'smtp':
    case 'submission':
      return 'smtp';
  }
}

/** Does the mail program itself speak TLS from the first byte on? Not where the TLS bridge does it in its place. */
export function speaksTlsItself({ protocol, tls }: Pick<Forward, 'protocol' | 'tls'>): boolean {
  return tls === 'none' && (protocol === 'pop3s' || protocol === 'imaps');
}
