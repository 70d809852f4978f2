import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { IpcName } from '../../../electron/shared/ipc-contract';
import { IPC_NAMES } from '../../../electron/shared/ipc-contract';
import { parseArgs } from '../../../electron/shared/ipc-parsers';
import { DEFAULT_PREFERENCES } from '../../../electron/shared/preferences';
import { DRAFT, FINGERPRINT } from '../support/snapshots';

const { practice: _practice, forwards, ...rest } = DRAFT;
/** What the page for imports sends back. */
const importedDraft = {
  ...rest,
  forwards: forwards.map(({ id: _id, ...forward }) => ({ ...forward, localPort: null })),
  hostKeys: [{ type: 'ssh-ed25519', key: 'AAAA', fingerprint: FINGERPRINT }],
  hint: '',
};

/** What a window of ours sends, at least once for each verb. */
const HONEST: readonly (readonly [IpcName, readonly unknown[]])[] = [
  ['getSnapshot', []],
  ['saveAccount', [null, DRAFT]],
  ['saveAccount', ['a', { ...DRAFT, sshPort: Number.NaN, name: '', forwards: [] }]],
  ['saveAccount', ['a', { ...DRAFT, signIn: { kind: 'key-file', path: '' } }]],
  ['removeAccount', ['a']],
  ['duplicateAccount', ['a']],
  ['undoRemove', []],
  ['setWanted', ['a', true]],
  ['setAllWanted', [false]],
  ['tryNow', ['a']],
  ['acceptChangedKey', ['a', FINGERPRINT]],
  ['answerPrompt', ['q', { kind: 'trust' }]],
  ['answerPrompt', ['q', { kind: 'secret', secret: '' }]],
  ['answerPrompt', ['q', { kind: 'secret', secret: 's', keep: 'ask-every-time' }]],
  ['answerPrompt', ['q', { kind: 'answers', answers: ['1', '2'] }]],
  ['answerPrompt', ['q', { kind: 'cancel' }]],
  ['addPractice', []],
  ['suggestForward', ['pop3', '', null]],
  ['suggestForward', ['imaps', 'mail.example.org', 'a']],
  ['changePort', ['a', 11_110, 65_535]],
  ['chooseKeyFile', []],
  ['copySettings', ['a']],
  ['getProgramCards', ['a']],
  ['copyText', ['localhost:11110']],
  ['lock', []],
  ['dismissNotice', ['notice-1']],
  ['getDrafts', []],
  ['keepDraft', ['new', '{}']],
  ['keepDraft', ['new', null]],
  ['judgeDraft', [null, DRAFT]],
  ['makeKey', [null, 'msingh@shell.example.org']],
  ['makeKey', ['mole hill', '']],
  ['installKey', [null, DRAFT, '/home/msingh/.ssh/id_mailmole']],
  ['cancelInstall', []],
  ['readImport', ['ssh gate']],
  ['readSetup', ['mailmole://setup/AAAA']],
  ['addImported', [[importedDraft]]],
  ['closeOpened', ['o']],
  ['openImport', []],
  ['exportAll', []],
  ['exportSetup', ['a']],
  ['composeMail', ['My public key', 'ssh-ed25519 AAAA']],
  ['takePlace', []],
  ['setPreferences', [DEFAULT_PREFERENCES]],
  ['copyReport', [true]],
];

describe('what our own windows send', () => {
  it.each(HONEST)('%s passes as it is: %j', (name, args) => {
    expect(parseArgs(name, args)).toEqual({ ok: true, value: args });
  });

  it('is tried for every verb', () => {
    expect(new Set(HONEST.map(([name]) => name))).toEqual(new Set(IPC_NAMES));
  });
});

const MUCH = 'x'.repeat(100_000);

describe('what nobody should send', () => {
  it.each<[string, IpcName, readonly unknown[]]>([
    ['too few', 'removeAccount', []],
    ['too many', 'removeAccount', ['a', 'b']],
    ['too many for none', 'getSnapshot', [1]],
    ['the wrong kind', 'setWanted', ['a', 'true']],
    ['an object with a toString', 'removeAccount', [{ toString: () => 'a' }]],
    ['an empty id', 'tryNow', ['']],
    ['an endless id', 'tryNow', [MUCH]],
    ['an endless text', 'copyText', [MUCH]],
    ['an endless secret', 'answerPrompt', ['q', { kind: 'secret', secret: MUCH }]],
    ['endless answers', 'answerPrompt', ['q', { kind: 'answers', answers: Array(300).fill('') }]],
    ['an unknown answer', 'answerPrompt', ['q', { kind: 'yes' }]],
    ['an answer with more in it', 'answerPrompt', ['q', { kind: 'trust', always: true }]],
    ['port 0', 'changePort', ['a', 0, 1]],
    ['port 65536', 'changePort', ['a', 1, 65_536]],
    ['port Infinity', 'changePort', ['a', 1, Infinity]],
    ['an unknown protocol', 'suggestForward', ['gopher', 'h', null]],
    ['an inherited protocol', 'suggestForward', ['__proto__', 'h', null]],
    ['no draft', 'saveAccount', [null, null]],
    ['a draft with a secret in it', 'saveAccount', [null, { ...DRAFT, password: 'x' }]],
    ['a draft that switches itself on', 'saveAccount', [null, { ...DRAFT, wanted: true }]],
    ['a draft without a mode', 'saveAccount', [null, { ...DRAFT, mode: undefined }]],
    ['a list for a draft', 'saveAccount', [null, [DRAFT]]],
    ['endless forwards', 'saveAccount', [null, { ...DRAFT, forwards: Array(999).fill({}) }]],
    [
      'a draft under another prototype',
      'saveAccount',
      [null, JSON.parse(`{"__proto__":${JSON.stringify(DRAFT)}}`)],
    ],
  ])('%s', (_what, name, args) => {
    expect(parseArgs(name, args)).toMatchObject({ ok: false, error: { kind: 'bad-request' } });
  });

  it('is refused without repeating it', () => {
    const secret = 'correct horse battery staple';
    const refused = [
      parseArgs('answerPrompt', ['q', { kind: 'secret', secret: [secret] }]),
      parseArgs('answerPrompt', ['q', { kind: secret, [secret]: secret }]),
      parseArgs('answerPrompt', [secret.repeat(9), { kind: 'trust', [secret]: 1 }]),
    ];
    expect(refused.every((each) => !each.ok)).toBe(true);
    expect(JSON.stringify(refused)).not.toContain('horse');
  });

  it('never makes a parser throw', () => {
    fc.assert(
      fc.property(fc.constantFrom(...IPC_NAMES), fc.array(fc.anything()), (name, args) => {
        const parsed = parseArgs(name, args);
        expect(parsed.ok || parsed.error.kind === 'bad-request').toBe(true);
      }),
    );
  });
});
