import { describe, expect, it } from 'vitest';
import { minuteOf, NO_TOTALS, noActivity } from '../../../electron/shared/activity';
import type { AppSnapshot } from '../../../electron/shared/app-snapshot';
import { NO_TRAFFIC } from '../../../electron/shared/app-snapshot';
import { DEFAULT_PREFERENCES } from '../../../electron/shared/preferences';
import { createAppState } from '../../../electron/state/app-state';
import { anAccount, NOW, SESSION, STATES } from '../support/snapshots';
import { turnedClock } from '../support/turned-clock';

const A = anAccount({ id: 'a', name: 'Work' });
const B = anAccount({ id: 'b', name: 'Home' });
const PROMPT = { kind: 'passphrase', keyPath: '/k', wrongBefore: false, triesLeft: 3 } as const;

function aState() {
  const clock = turnedClock();
  const state = createAppState('1.2.3', clock);
  const told: AppSnapshot[] = [];
  state.subscribe((snapshot) => told.push(snapshot));
  return { clock, state, told };
}

describe('the snapshot', () => {
  it('begins empty', () => {
    expect(aState().state.snapshot()).toEqual({
      version: '1.2.3',
      at: NOW,
      accounts: [],
      prompts: [],
      notices: [],
      undo: null,
      online: true,
      preferences: DEFAULT_PREFERENCES,
      language: 'en',
      practicePassphrase: null,
      opened: null,
    });
  });

  it('puts what is wanted and what is true side by side, in the order of the accounts', () => {
    const { state } = aState();
    state.setAccounts([B, A]);
    const traffic = { ...NO_TRAFFIC, bytesDown: 7 };
    const idle = noActivity(NOW);
    const totals = { ...NO_TOTALS, checks: 1, bytesDown: 7 };
    const greetedAt = NOW - 120_000;
    const events = [
      { kind: 'greeted', at: NOW },
      { kind: 'carried', at: NOW, times: 0, bytesDown: 7, bytesUp: 0 },
    ];
    state.setTruth('a', { state: STATES.on, traffic, session: SESSION });
    expect(state.snapshot().accounts).toEqual([
      { account: B, state: { kind: 'off' }, traffic: NO_TRAFFIC, session: null, activity: idle },
      {
        ...{ account: A, state: STATES.on, traffic, session: SESSION },
        activity: { ...idle, totals, minutes: [[minuteOf(NOW), 7]], events, greetedAt },
      },
    ]);
  });

  it('goes on with what mailboxes did before a restart, and forgets it with them', () => {
    const before = { ...noActivity(NOW), greetedAt: 1 };
    const restored = new Map([
      ['a', before],
      ['b', before],
    ]);
    const state = createAppState('1.2.3', turnedClock(), restored);
    const greetings = () =>
      state.snapshot().accounts.map(({ account, activity }) => [account.id, activity.greetedAt]);
    state.setAccounts([A, B]);
    expect(greetings()).toEqual([
      ['a', 1],
      ['b', 1],
    ]);
    state.setAccounts([B]);
    state.setUndo({ accountId: 'a', name: 'Work' });
    // As Undo does it: the slot is emptied, and the mailbox put back.
    state.setUndo(null);
    state.setAccounts([A, B]);
    expect(greetings()[0]).toEqual(['a', 1]);
    state.setAccounts([B]);
    state.setUndo({ accountId: 'a', name: 'Work' });
    state.setUndo({ accountId: 'c', name: 'Another' });
    state.setAccounts([A, B]);
    expect(greetings()).toEqual([
      ['a', null],
      ['b', 1],
    ]);
  });

  it('forgets what was true of an account that is gone', () => {
    const { state } = aState();
    const truth = { state: STATES.on, traffic: NO_TRAFFIC, session: null };
    state.setAccounts([A]);
    state.setTruth('a', truth);
    state.setAccounts([]);
    state.setTruth('a', truth);
    state.setAccounts([A]);
    expect(state.snapshot().accounts[0]?.state).toEqual({ kind: 'off' });
  });

  it('puts the mailbox’s present name to its question, and drops a question of nobody', () => {
    const { state } = aState();
    state.setAccounts([A]);
    state.setQuestions([
      { id: '1', accountId: 'a', request: PROMPT },
      { id: '2', accountId: 'gone', request: PROMPT },
    ]);
    state.setAccounts([{ ...A, name: 'Job' }]);
    const prompt = { id: '1', accountId: 'a', accountName: 'Job', request: PROMPT };
    expect(state.snapshot().prompts).toEqual([prompt]);
  });

  it('shows the practice passphrase only while there is a practice mailbox', () => {
    const { state } = aState();
    state.setPracticePassphrase('mole hill');
    state.setAccounts([A]);
    expect(state.snapshot().practicePassphrase).toBeNull();
    state.setAccounts([A, { ...B, practice: true }]);
    expect(state.snapshot().practicePassphrase).toBe('mole hill');
  });

  it('says a notice once, and again when it was dismissed', () => {
    const { state } = aState();
    const first = state.addNotice('app:notice.no-tray', {});
    expect(state.addNotice('app:notice.no-tray', {})).toBe(first);
    const other = state.addNotice('app:notice.accounts-broken', { file: 'x' });
    expect(state.snapshot().notices.map((notice) => notice.id)).toEqual([first, other]);
    state.dismissNotice(first);
    state.addNotice('app:notice.no-tray', {});
    const keys = state.snapshot().notices.map((notice) => notice.messageKey);
    expect(keys).toEqual(['app:notice.accounts-broken', 'app:notice.no-tray']);
  });

  it('stays the same value until something changes', () => {
    const { state, clock } = aState();
    const first = state.snapshot();
    clock.turn(1000);
    expect(state.snapshot()).toBe(first);
    state.setUndo({ accountId: 'a', name: 'Work' });
    expect(state.snapshot()).toMatchObject({ at: NOW + 1000, undo: { name: 'Work' } });
  });
});

describe('telling', () => {
  it('is done once a frame, whole, however much changes', () => {
    const { state, clock, told } = aState();
    state.setAccounts([A]);
    state.setOnline(false);
    state.setUndo({ accountId: 'b', name: 'Home' });
    expect(told).toEqual([]);
    clock.turn(16);
    expect(told).toHaveLength(1);
    expect(told[0]).toBe(state.snapshot());
    expect(told[0]).toMatchObject({ online: false, undo: { name: 'Home' } });
    clock.turn(1000);
    expect(told).toHaveLength(1);
  });

  it('is not done when nothing changed', () => {
    const { state, clock, told } = aState();
    state.setOnline(true);
    clock.turn(1000);
    expect(told).toEqual([]);
  });

  it('ends for whoever stops listening', () => {
    const clock = turnedClock();
    const state = createAppState('1', clock);
    const told: AppSnapshot[] = [];
    const stop = state.subscribe((snapshot) => told.push(snapshot));
    state.setOnline(false);
    stop();
    clock.turn(16);
    expect(told).toEqual([]);
  });

  it('comes again for a change that a listener makes', () => {
    const { state, clock, told } = aState();
    const stop = state.subscribe(() => {
      stop();
      state.setOnline(true);
    });
    state.setOnline(false);
    clock.turn(16);
    expect(told.map((snapshot) => snapshot.online)).toEqual([false]);
    clock.turn(16);
    expect(told.map((snapshot) => snapshot.online)).toEqual([false, true]);
  });
});
