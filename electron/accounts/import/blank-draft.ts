import { DEFAULT_CONNECTION } from '../../shared/account';
import type { ImportedDraft } from '../../shared/imported';
import { NAME_LIMIT } from '../account-rules';

/** An imported mailbox of which only the name is known; all else is as a new mailbox has it. */
export function blankDraft(name: string): ImportedDraft {
  return {
    name: name.slice(0, NAME_LIMIT),
    sshHost: null,
    sshPort: 22,
    sshUser: null,
    signIn: { kind: 'automatic' },
    route: { kind: 'direct' },
    oldServer: false,
    connection: DEFAULT_CONNECTION,
    forwards: [],
    mode: 'on-demand',
    compression: false,
    sessionChannel: false,
    hostKeys: [],
    hint: '',
  };
}
