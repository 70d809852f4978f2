import type { Program } from '../client-setup/programs';
import { PROGRAMS, programName, settingsFor } from '../client-setup/programs';
import type { AccountId } from '../shared/account';
import type { AccountView, AppSnapshot } from '../shared/app-snapshot';
import type { Translate } from '../shared/messages';
import { describeState } from '../shared/state-words';
import { assertNever } from '../shared/result';
import type { Badge } from '../shared/tunnel-state';
import { badgeOf, isProven } from '../shared/tunnel-state';

/** What an entry of the tray's menu does. */
export type TrayCommand =
  | { readonly verb: 'set-wanted'; readonly id: AccountId; readonly on: boolean }
  | { readonly verb: 'set-all-wanted'; readonly on: boolean }
  | { readonly verb: 'copy-settings'; readonly id: AccountId; readonly program: Program }
  | { readonly verb: 'open' }
  | { readonly verb: 'quit' };

/** One entry of the tray's menu. Labels are plain text; nothing in them is a mnemonic. */
export type TrayItem =
  | { readonly kind: 'separator' }
  | { readonly kind: 'text'; readonly label: string }
  | {
      readonly kind: 'switch';
      readonly label: string;
      readonly on: boolean;
      readonly command: TrayCommand;
    }
  | {
      readonly kind: 'action';
      readonly label: string;
      readonly enabled: boolean;
      readonly command: TrayCommand;
    }
  | { readonly kind: 'submenu'; readonly label: string; readonly items: readonly TrayItem[] };

/** Everything the tray shows. */
export interface TrayView {
  readonly icon: Badge;
  /** Is something under way this moment? Waiting for a network or for the next try is not worth a movement. */
  readonly animated: boolean;
  readonly tooltip: string;
  readonly items: readonly TrayItem[];
}

/** Which of several mailboxes' states the one icon shows: the first of these that any of them has. */
const WORST_FIRST: readonly Badge[] = ['problem', 'needs-you', 'working', 'on', 'ready', 'off'];

/** How many mailboxes the tooltip tells about before it only counts; Windows cuts a tooltip at 127 characters. */
const TOLD_IN_TOOLTIP = 2;

/** The tray as it must look for a snapshot. Pure. */
export function trayView(snapshot: AppSnapshot, t: Translate): TrayView {
  const badges = snapshot.accounts.map((view) => badgeOf(view.state));
  return {
    icon: WORST_FIRST.find((badge) => badges.includes(badge)) ?? 'off',
    animated: snapshot.accounts.some(isUnderWay),
    tooltip: tooltip(snapshot, t),
    items: items(snapshot, t),
  };
}

function isUnderWay({ state }: AccountView): boolean {
  return (
    state.kind === 'connecting' || (state.kind === 'connected' && state.proof.kind === 'asking')
  );
}

function shortState(view: AccountView, snapshot: AppSnapshot, t: Translate): string {
  return describeState(view, t, snapshot.at).short;
}

/** A state that is not as the person wants it, as it stands in the middle of a sentence. */
function runningState({ state }: AccountView, t: Translate): string {
  switch (state.kind) {
    case 'connecting':
    case 'offline':
    case 'retrying':
    case 'disconnecting':
      return t(`tray:state.${state.kind}`);
    case 'connected':
      return t(state.proof.kind === 'failed' ? 'tray:state.failed' : 'tray:state.connecting');
    // Wanted, and not begun yet.
    case 'off':
    case 'ready':
      return t('tray:state.connecting');
    case 'waiting-for-user':
    case 'needs-attention':
      return t(badgeOf(state) === 'problem' ? 'tray:state.problem' : 'tray:state.needs-you');
    default:
      return assertNever(state);
  }
}

/** "2 of 3 on. Work: waiting for the network". Says only what is not as the person wants it. */
function tooltip(snapshot: AppSnapshot, t: Translate): string {
  const { accounts } = snapshot;
  if (accounts.length === 0) return t('tray:tooltip.empty');
  const on = accounts.filter((view) => isProven(view.state)).length;
  const astray = accounts.filter(
    (view) => view.account.wanted && !isProven(view.state) && view.state.kind !== 'ready',
  );
  const told = astray.slice(0, TOLD_IN_TOOLTIP).map((view) =>
    t('tray:tooltip.mailbox', {
      name: view.account.name,
      state: runningState(view, t),
    }),
  );
  const rest = astray.length - told.length;
  if (rest > 0) told.push(t('tray:tooltip.more', { count: rest }));
  return [t('tray:tooltip.summary', { on, count: accounts.length }), told.join(', ')]
    .join(' ')
    .trim();
}

function items(snapshot: AppSnapshot, t: Translate): readonly TrayItem[] {
  const { accounts } = snapshot;
  const open: TrayItem = {
    kind: 'action',
    label: t('tray:open'),
    enabled: true,
    command: { verb: 'open' },
  };
  const quit: TrayItem = {
    kind: 'action',
    label: quitLabel(accounts, t),
    enabled: true,
    command: { verb: 'quit' },
  };
  if (accounts.length === 0) {
    return [{ kind: 'text', label: t('tray:empty') }, { kind: 'separator' }, open, quit];
  }
  return [
    ...accounts.map((view): TrayItem => mailboxSwitch(view, snapshot, t)),
    { kind: 'separator' },
    allSwitch(accounts, true, t),
    allSwitch(accounts, false, t),
    { kind: 'submenu', label: t('tray:copy-settings'), items: copyItems(accounts, t) },
    { kind: 'separator' },
    open,
    quit,
  ];
}

function mailboxSwitch(view: AccountView, snapshot: AppSnapshot, t: Translate): TrayItem {
  const { id, name, wanted } = view.account;
  return {
    kind: 'switch',
    label: t('tray:mailbox', { name, state: shortState(view, snapshot, t) }),
    // The check mark says what is wanted, the words what is true.
    on: wanted,
    command: { verb: 'set-wanted', id, on: !wanted },
  };
}

function allSwitch(accounts: readonly AccountView[], on: boolean, t: Translate): TrayItem {
  return {
    kind: 'action',
    label: t(on ? 'tray:all-on' : 'tray:all-off'),
    enabled: accounts.some((view) => view.account.wanted !== on),
    command: { verb: 'set-all-wanted', on },
  };
}

/** The mail programs that can use a mailbox, by name. */
function copyItems(accounts: readonly AccountView[], t: Translate): readonly TrayItem[] {
  return accounts.map(({ account }) => ({
    kind: 'submenu',
    label: account.name,
    items: PROGRAMS.filter((program) => settingsFor(account, program, t).kind !== 'nothing').map(
      (program) => ({
        kind: 'action',
        label: programName(program, t),
        enabled: true,
        command: { verb: 'copy-settings', id: account.id, program },
      }),
    ),
  }));
}

/** Quitting asks nothing, so its label says what it drops. */
function quitLabel(accounts: readonly AccountView[], t: Translate): string {
  const carrying = accounts.find((view) => view.traffic.openConnections > 0);
  if (carrying !== undefined) return t('tray:quit-fetching', { name: carrying.account.name });
  const dropped = accounts.filter((view) => view.account.wanted);
  const [first] = dropped;
  if (first === undefined) return t('tray:quit');
  return dropped.length === 1
    ? t('tray:quit-dropping', { name: first.account.name })
    : t('tray:quit-dropping-many', { count: dropped.length });
}
