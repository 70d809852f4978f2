import { createAccountBook } from '../../../electron/accounts/account-book';
import { createPromptBroker } from '../../../electron/prompts/prompt-broker';
import type { Account } from '../../../electron/shared/account';
import { createAppState } from '../../../electron/state/app-state';
import { Commands } from '../../../electron/state/commands';
import { createPracticeKeeper } from '../../../electron/state/practice-keeper';
import { turnedClock } from './turned-clock';

export const PASSPHRASE = 'mole hill';
/** Where the practice servers of a bench listen. */
export const SERVERS = {
  sshPort: 2200,
  pop3Port: 1100,
  user: 'mole',
  keyPath: '/practice/key',
  passphrase: PASSPHRASE,
};

/**
 * The real commands over the real book, state, questions and keeper of the practice servers. Only the engine, the
 * servers and the disk are written down, in `heard`, in place of done.
 */
export function commandsWith(accounts: readonly Account[]) {
  const heard: string[] = [];
  const clock = turnedClock();
  const state = createAppState('1', clock);
  let written: readonly Account[] = accounts;
  let diskIsFull = false;
  let practiceFails = false;
  let ids = 0;

  const book = createAccountBook(accounts, (next) => {
    if (diskIsFull) throw new Error('ENOSPC');
    written = next;
  });
  state.setAccounts(book.list());
  book.onChange((next) => state.setAccounts(next));
  const broker = createPromptBroker(
    (id, answer) => heard.push(`answer ${id} ${answer.kind}`),
    () => state.setQuestions(broker.questions()),
  );
  const keeper = createPracticeKeeper(() => {
    if (practiceFails) return Promise.reject(new Error('no ports'));
    return Promise.resolve({ ...SERVERS, stop: () => Promise.resolve() });
  });
  const commands = new Commands({
    book,
    state,
    broker,
    clock,
    engine: {
      setAccount: (account, by) =>
        heard.push(`set ${account.id} ${account.wanted ? 'on' : 'off'} ${by}`),
      removeAccount: (id) => heard.push(`remove ${id}`),
      tryNow: (id) => heard.push(`try ${id}`),
      check: (id, by) => heard.push(`check ${id} ${by}`),
      lock: () => heard.push('lock'),
      acceptChangedKey: (id, fingerprint) => heard.push(`accept ${id} ${fingerprint}`),
    },
    practice: {
      start(preferred) {
        heard.push(`start ${preferred === null ? 'null' : preferred.ssh}`);
        return keeper.start(preferred);
      },
      stop() {
        heard.push('stop');
        return keeper.stop();
      },
    },
    findFreePort(_address, from, taken) {
      let port = from;
      while (taken.has(port)) port += 1;
      return Promise.resolve(port);
    },
    newId: () => `new-${(ids += 1)}`,
    practiceName: 'Practice mailbox',
    copyName: (name, number) => `${name} (copy${number === 1 ? '' : ` ${number}`})`,
  });
  return {
    commands,
    book,
    state,
    broker,
    clock,
    heard,
    written: () => written,
    breakDisk: () => (diskIsFull = true),
    mendDisk: () => (diskIsFull = false),
    breakPractice: () => (practiceFails = true),
  };
}
