import { beforeAll, describe, expect, it } from 'vitest';
import type { TrayItem } from '../../../electron/desktop/tray-view';
import { trayView } from '../../../electron/desktop/tray-view';
import type { AccountView } from '../../../electron/shared/app-snapshot';
import { NO_TRAFFIC } from '../../../electron/shared/app-snapshot';
import type { Translate } from '../../../electron/shared/messages';
import { aSnapshot, aView, anAccount, STATES } from '../support/snapshots';
import { englishWords } from '../support/words';

let t: Translate;
beforeAll(async () => {
  t = await englishWords();
});

type StateName = keyof typeof STATES;

/** A mailbox of this name in this state; it is wanted unless it is off. */
function mailbox(name: string, state: StateName, change: Partial<AccountView> = {}): AccountView {
  const account = anAccount({ id: name.toLowerCase(), name, wanted: state !== 'off' });
  return aView(STATES[state], { account, ...change });
}

function viewOf(...accounts: AccountView[]) {
  return trayView(aSnapshot(accounts), t);
}

/** The menu as text, one line an entry. */
function lines(items: readonly TrayItem[], indent = ''): string[] {
  return items.flatMap((item) => {
    switch (item.kind) {
      case 'separator':
        return [`${indent}---`];
      case 'text':
        return [`${indent}(${item.label})`];
      case 'switch':
        return [`${indent}[${item.on ? 'x' : ' '}] ${item.label}`];
      case 'action':
        return [`${indent}${item.enabled ? item.label : `(${item.label})`}`];
      case 'submenu':
        return [`${indent}${item.label} >`, ...lines(item.items, `${indent}  `)];
    }
  });
}

describe('the icon', () => {
  it.each<[readonly StateName[], string]>([
    [[], 'off'],
    [['off'], 'off'],
    [['disconnecting'], 'off'],
    [['ready'], 'ready'],
    [['connecting'], 'working'],
    [['asking'], 'working'],
    [['retrying'], 'working'],
    [['offline'], 'working'],
    [['on'], 'on'],
    [['waiting'], 'needs-you'],
    [['question'], 'needs-you'],
    [['attention'], 'problem'],
    [['unproven'], 'problem'],
    [['off', 'ready'], 'ready'],
    [['off', 'ready', 'on'], 'on'],
    [['on', 'retrying'], 'working'],
    [['on', 'connecting', 'waiting'], 'needs-you'],
    [['on', 'waiting', 'attention'], 'problem'],
  ])('of %j is %s', (states, icon) => {
    expect(viewOf(...states.map((state, index) => mailbox(`M${index}`, state))).icon).toBe(icon);
  });

  it.each<[StateName, boolean]>([
    ['connecting', true],
    ['asking', true],
    ['retrying', false],
    ['offline', false],
    ['waiting', false],
    ['on', false],
    ['ready', false],
    ['off', false],
  ])('moves in %s: %s', (state, animated) => {
    expect(viewOf(mailbox('Work', state)).animated).toBe(animated);
  });
});

describe('the tooltip', () => {
  it.each<[string, readonly (readonly [string, StateName])[]]>([
    ['Mailmole: no mailbox yet', []],
    ['0 of 1 on.', [['Work', 'off']]],
    ['1 of 1 on.', [['Work', 'on']]],
    [
      '2 of 3 on. Work: waiting for the network',
      [
        ['Home', 'on'],
        ['Work', 'offline'],
        ['Club', 'on'],
      ],
    ],
    [
      '0 of 2 on.',
      [
        ['Work', 'ready'],
        ['Home', 'off'],
      ],
    ],
    ['0 of 1 on. Work: connecting', [['Work', 'connecting']]],
    ['0 of 1 on. Work: connecting', [['Work', 'asking']]],
    ['0 of 1 on. Work: no mail', [['Work', 'unproven']]],
    ['0 of 1 on. Work: problem', [['Work', 'attention']]],
    ['0 of 1 on. Work: needs you', [['Work', 'question']]],
    ['0 of 1 on. Work: switching off', [['Work', 'disconnecting']]],
    [
      '0 of 4 on. A: trying again, B: needs you, and 2 more',
      [
        ['A', 'retrying'],
        ['B', 'waiting'],
        ['C', 'attention'],
        ['D', 'offline'],
      ],
    ],
  ])('%s', (tooltip, mailboxes) => {
    expect(viewOf(...mailboxes.map(([name, state]) => mailbox(name, state))).tooltip).toBe(tooltip);
  });
});

describe('the menu', () => {
  it('without a mailbox leads to the window', () => {
    expect(lines(viewOf().items)).toEqual([
      '(No mailbox yet)',
      '---',
      'Open Mailmole',
      'Quit Mailmole',
    ]);
  });

  it('has a switch for each mailbox that says what is wanted, and words that say what is true', () => {
    const view = viewOf(mailbox('Work', 'on'), mailbox('Home', 'retrying'), mailbox('Club', 'off'));
    expect(lines(view.items)).toEqual([
      '[x] Work: On',
      '[x] Home: Trying again',
      '[ ] Club: Off',
      '---',
      'All on',
      'All off',
      'Copy settings >',
      ...['Work', 'Home', 'Club'].flatMap((name) => [
        `  ${name} >`,
        ...['Any mail program', 'Thunderbird', 'Outlook', 'Apple Mail'].map((one) => `    ${one}`),
        ...['Claws Mail', 'Sylpheed', 'SeaMonkey'].map((one) => `    ${one}`),
        // And not those that only read IMAP or only send.
        ...['fetchmail', 'mpop', 'getmail'].map((one) => `    ${one}`),
      ]),
      '---',
      'Open Mailmole',
      'Quit Mailmole (2 mailboxes go off)',
    ]);
  });

  it.each<[StateName, string, string]>([
    ['on', '(All on)', 'All off'],
    ['off', 'All on', '(All off)'],
  ])('with everything %s offers only what changes something', (state, on, off) => {
    expect(lines(viewOf(mailbox('Work', state)).items)).toEqual(
      expect.arrayContaining([on, off]) as string[],
    );
  });

  it('has switches that turn what is wanted round', () => {
    const commands = viewOf(mailbox('Work', 'on'), mailbox('Club', 'off')).items.map((item) =>
      item.kind === 'switch' ? item.command : null,
    );
    expect(commands.slice(0, 2)).toEqual([
      { verb: 'set-wanted', id: 'work', on: false },
      { verb: 'set-wanted', id: 'club', on: true },
    ]);
  });

  it.each<[string, AccountView, string]>([
    ['nothing', mailbox('Work', 'off'), 'Quit Mailmole'],
    ['a mailbox', mailbox('Work', 'ready'), 'Quit Mailmole (Work goes off)'],
    [
      'mail on its way',
      mailbox('Work', 'on', { traffic: { ...NO_TRAFFIC, openConnections: 1 } }),
      'Quit Mailmole (Work is carrying mail right now)',
    ],
  ])('says that quitting drops %s', (_what, view, label) => {
    expect(lines(viewOf(view).items).at(-1)).toBe(label);
  });

  it('stays the same while only bytes are counted', () => {
    const busy = (bytesDown: number) =>
      viewOf(mailbox('W', 'on', { traffic: { ...NO_TRAFFIC, openConnections: 2, bytesDown } }));
    expect(busy(1)).toEqual(busy(1_000_000));
  });
});
