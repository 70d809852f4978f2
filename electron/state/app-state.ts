import type { Account, AccountId } from '../shared/account';
import type {
  AccountView,
  AppSnapshot,
  Notice,
  SessionFacts,
  Traffic,
  Undo,
} from '../shared/app-snapshot';
import type { OpenedSetup } from '../shared/imported';
import { noActivity, type Activity } from '../shared/activity';
import { NO_TRAFFIC } from '../shared/app-snapshot';
import type { Language, Preferences } from '../shared/preferences';
import { DEFAULT_PREFERENCES } from '../shared/preferences';
import type { TunnelState } from '../shared/tunnel-state';
import type { Question } from '../prompts/prompt-broker';
import type { Clock } from '../tunnel/ports';
import { afterChange, afterMoment } from './activity';

/** One frame of a 60 Hz screen, in milliseconds: nobody sees more snapshots than that. */
const FRAME_MS = 16;

/** What the engine last said about one account. */
interface Truth {
  readonly state: TunnelState;
  readonly traffic: Traffic;
  readonly session: SessionFacts | null;
}

const OFF: Truth = { state: { kind: 'off' }, traffic: NO_TRAFFIC, session: null };

/** All that the snapshot is folded from. */
interface Facts {
  readonly version: string;
  readonly accounts: readonly Account[];
  readonly truths: ReadonlyMap<AccountId, Truth>;
  readonly activities: ReadonlyMap<AccountId, Activity>;
  readonly questions: readonly Question[];
  readonly notices: readonly Notice[];
  readonly undo: Undo | null;
  readonly online: boolean;
  readonly opened: OpenedSetup | null;
  readonly preferences: Preferences;
  readonly language: Language;
  readonly practicePassphrase: string | null;
  /** A mailbox that is being set up and may ask questions already. */
  readonly guest: Guest | null;
}

/** Who asks, before there is a mailbox of that name. */
export interface Guest {
  readonly id: AccountId;
  readonly name: string;
}

/** Folds the facts into the one value everything is drawn from. `now` is in milliseconds since 1970. Pure. */
function fold(facts: Facts, now: number): AppSnapshot {
  const accounts: AccountView[] = facts.accounts.map((account) => ({
    account,
    ...(facts.truths.get(account.id) ?? OFF),
    activity: facts.activities.get(account.id) ?? noActivity(now),
  }));
  const names = new Map(facts.accounts.map((account) => [account.id, account.name]));
  if (facts.guest !== null) names.set(facts.guest.id, facts.guest.name);
  return {
    version: facts.version,
    at: now,
    accounts,
    // A question of an account that is gone has nobody to answer it for.
    prompts: facts.questions.flatMap((question) => {
      const accountName = names.get(question.accountId);
      return accountName === undefined ? [] : [{ ...question, accountName }];
    }),
    notices: facts.notices,
    undo: facts.undo,
    online: facts.online,
    opened: facts.opened,
    preferences: facts.preferences,
    language: facts.language,
    practicePassphrase: facts.accounts.some((account) => account.practice)
      ? facts.practicePassphrase
      : null,
  };
}

/** Takes over the list of mailboxes: what is known of those that stay is kept, and what was done to them is noted. */
function withAccounts(facts: Facts, accounts: readonly Account[], now: number): Partial<Facts> {
  const before = new Map(facts.accounts.map((account) => [account.id, account]));
  const truths = new Map<AccountId, Truth>();
  // That of a mailbox that goes is kept until it is certain that it does not come back.
  const activities = new Map(facts.activities);
  for (const account of accounts) {
    const { id } = account;
    const truth = facts.truths.get(id);
    if (truth !== undefined) truths.set(id, truth);
    const activity = facts.activities.get(id) ?? noActivity(now);
    const old = before.get(id) ?? account;
    activities.set(id, afterChange(activity, old, account, (truth ?? OFF).state, now));
  }
  return { accounts, truths, activities };
}

/** What can be taken back now; once another mailbox is removed, what the one before it did is forgotten. */
function withUndo({ accounts, activities }: Facts, undo: Undo | null): Partial<Facts> {
  if (undo === null) return { undo };
  const stays = (id: AccountId): boolean =>
    undo.accountId === id || accounts.some((account) => account.id === id);
  return { undo, activities: new Map([...activities].filter(([id]) => stays(id))) };
}

function withTruth(facts: Facts, id: AccountId, truth: Truth, now: number): Partial<Facts> {
  const activity = facts.activities.get(id) ?? noActivity(now);
  const next = afterMoment(activity, facts.truths.get(id) ?? OFF, truth, now);
  return {
    truths: new Map(facts.truths).set(id, truth),
    activities: new Map(facts.activities).set(id, next),
  };
}

/** Holds the facts and tells subscribers, at most once a frame, that there is a new snapshot. */
export interface AppState {
  snapshot(): AppSnapshot;
  subscribe(listener: (snapshot: AppSnapshot) => void): () => void;
  /** Hears every state as it comes, also those that no snapshot shows because another followed at once. */
  watch(watcher: (id: AccountId, state: TunnelState) => void): () => void;
  setAccounts(accounts: readonly Account[]): void;
  setTruth(id: AccountId, truth: Truth): void;
  setQuestions(questions: readonly Question[]): void;
  /** Adds a notice and gives its id; one that says the same is not repeated. */
  addNotice(messageKey: string, params: Notice['params']): string;
  dismissNotice(id: string): void;
  setUndo(undo: Undo | null): void;
  setOnline(online: boolean): void;
  setOpened(opened: OpenedSetup | null): void;
  setPracticePassphrase(passphrase: string): void;
  setGuest(guest: Guest | null): void;
  setPreferences(preferences: Preferences, language: Language): void;
}

/** What is known of an application that has just started. */
const NOTHING: Omit<Facts, 'version'> = {
  accounts: [],
  truths: new Map(),
  activities: new Map(),
  questions: [],
  notices: [],
  undo: null,
  online: true,
  opened: null,
  preferences: DEFAULT_PREFERENCES,
  language: 'en',
  practicePassphrase: null,
  guest: null,
};

/** The notice that says just this. */
function saying(
  notices: readonly Notice[],
  messageKey: string,
  params: Notice['params'],
): Notice | undefined {
  const same = JSON.stringify([messageKey, params]);
  return notices.find((notice) => JSON.stringify([notice.messageKey, notice.params]) === same);
}

/** An application without mailboxes, online until told otherwise; `activities` is what they did before it was started. */
export function createAppState(
  version: string,
  clock: Clock,
  activities: Facts['activities'] = NOTHING.activities,
): AppState {
  let facts: Facts = { ...NOTHING, version, activities };
  let folded: AppSnapshot | null = null;
  let scheduled = false;
  let noticesMade = 0;
  const listeners = new Set<(snapshot: AppSnapshot) => void>();
  const watchers = new Set<(id: AccountId, state: TunnelState) => void>();

  const snapshot = (): AppSnapshot => (folded ??= fold(facts, clock.now()));
  const tell = (): void => {
    scheduled = false;
    for (const listener of [...listeners]) listener(snapshot());
  };
  const become = (change: Partial<Facts>): void => {
    facts = { ...facts, ...change };
    folded = null;
    if (scheduled) return;
    scheduled = true;
    clock.after(FRAME_MS, tell);
  };

  return {
    snapshot,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    watch(watcher) {
      watchers.add(watcher);
      return () => watchers.delete(watcher);
    },
    setAccounts: (accounts) => become(withAccounts(facts, accounts, clock.now())),
    setTruth(id, truth) {
      // The engine may still speak of an account that was removed a moment ago.
      if (!facts.accounts.some((account) => account.id === id)) return;
      become(withTruth(facts, id, truth, clock.now()));
      for (const watcher of [...watchers]) watcher(id, truth.state);
    },
    setQuestions: (questions) => become({ questions }),
    addNotice(messageKey, params) {
      const said = saying(facts.notices, messageKey, params);
      if (said !== undefined) return said.id;
      noticesMade += 1;
      const notice = { id: `notice-${noticesMade}`, messageKey, params };
      become({ notices: [...facts.notices, notice] });
      return notice.id;
    },
    dismissNotice: (id) => become({ notices: facts.notices.filter((notice) => notice.id !== id) }),
    setUndo: (undo) => become(withUndo(facts, undo)),
    setOnline(online) {
      if (online !== facts.online) become({ online });
    },
    setOpened: (opened) => become({ opened }),
    setPracticePassphrase: (practicePassphrase) => become({ practicePassphrase }),
    setGuest: (guest) => become({ guest }),
    setPreferences: (preferences, language) => become({ preferences, language }),
  };
}
