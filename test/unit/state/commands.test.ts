import { describe, expect, it } from 'vitest';
import type { Forward } from '../../../electron/shared/account';
import { NO_TRAFFIC } from '../../../electron/shared/app-snapshot';
import { canTryNow, type TunnelState } from '../../../electron/shared/tunnel-state';
import { UNDO_MS } from '../../../electron/state/undo-slot';
import { anAccount, DRAFT, ERRORS, OTHER_FINGERPRINT, STATES } from '../support/snapshots';
import { commandsWith, PASSPHRASE, SERVERS } from '../support/commands-bench';

const [POP3] = DRAFT.forwards as readonly [Forward];
const A = anAccount({ id: 'a', name: 'Work', wanted: false });
const B = anAccount({
  id: 'b',
  name: 'Home',
  wanted: true,
  forwards: [{ ...POP3, localPort: 11_111 }],
});
const NEW = { ...DRAFT, name: 'Club', forwards: [{ ...POP3, localPort: 12_000 }] };
const PRACTICE = anAccount({ id: 'p', name: 'Practice', practice: true, wanted: false });

const DONE = { ok: true, value: null };
const NOT_FOUND = { ok: false, error: { kind: 'not-found' } };
const NOT_NOW = { ok: false, error: { kind: 'not-now' } };

describe('starting', () => {
  it('hands every mailbox over as the background does', async () => {
    const { commands, heard } = commandsWith([A, B]);
    await commands.resume();
    expect(heard).toEqual(['set a off background', 'set b on background']);
    expect(commands.personActedWithin(1e9)).toBe(false);
  });

  it('leaves a manual mailbox off: its switch was flipped before the last quit', async () => {
    const { commands, heard, book } = commandsWith([{ ...B, mode: 'manual' }]);
    await commands.resume();
    expect(heard).toEqual(['set b off background']);
    expect(book.get('b')?.wanted).toBe(false);
  });

  it('does so on a full disk, and says that nothing can be saved', async () => {
    const manual = { ...B, mode: 'manual' } as const;
    const { commands, heard, book, state, breakDisk } = commandsWith([
      manual,
      { ...A, wanted: true },
    ]);
    breakDisk();
    await commands.resume();
    expect(heard).toEqual(['set b off background', 'set a on background']);
    expect(book.get('b')?.wanted).toBe(false);
    expect(state.snapshot().notices).toMatchObject([{ messageKey: 'app:notice.not-written' }]);
  });

  it('starts the practice servers first, on the ports they had, when they are wanted', async () => {
    const { commands, heard, book } = commandsWith([{ ...PRACTICE, sshPort: 99, wanted: true }]);
    await commands.resume();
    expect(heard).toEqual(['start 99', 'set p on background']);
    expect(book.get('p')?.sshPort).toBe(SERVERS.sshPort);
  });
});

describe('saving', () => {
  it('adds a mailbox, switched on, with an id of its own', async () => {
    const { commands, heard, book } = commandsWith([A]);
    const saved = await commands.saveAccount(null, NEW);
    expect(saved).toEqual({ ok: true, value: { ok: true, value: 'new-1' } });
    expect(book.get('new-1')).toEqual({ ...NEW, id: 'new-1', wanted: true });
    expect(heard).toEqual(['set new-1 on person']);
  });

  it('changes a mailbox and leaves its switch and its place alone', async () => {
    const { commands, heard, book } = commandsWith([B, A]);
    await commands.saveAccount('b', { ...NEW, sshHost: 'other.example.org' });
    expect(book.list().map((account) => account.id)).toEqual(['b', 'a']);
    expect(book.get('b')).toMatchObject({ sshHost: 'other.example.org', wanted: true });
    expect(heard).toEqual(['set b on person']);
  });

  it('says what is wrong and changes nothing', async () => {
    const { commands, heard, book } = commandsWith([A]);
    const saved = await commands.saveAccount(null, { ...NEW, sshHost: '' });
    expect(saved).toMatchObject({ ok: true, value: { ok: false, error: [{ field: 'sshHost' }] } });
    expect(book.list()).toEqual([A]);
    expect(heard).toEqual([]);
  });

  it('does not find its own name and ports taken', async () => {
    const { commands } = commandsWith([A, B]);
    expect(await commands.saveAccount('a', { ...DRAFT, name: A.name })).toMatchObject({
      value: { ok: true },
    });
  });

  it('cannot make a practice mailbox, nor unmake one', async () => {
    const { commands, book } = commandsWith([PRACTICE]);
    await commands.saveAccount(null, { ...NEW, practice: true });
    await commands.saveAccount('p', { ...NEW, name: 'P', forwards: PRACTICE.forwards });
    expect(book.list().map((account) => account.practice)).toEqual([true, false]);
  });

  it('does not find what is not there', async () => {
    expect(await commandsWith([A]).commands.saveAccount('x', NEW)).toEqual(NOT_FOUND);
  });

  it('leaves the engine alone when the disk refuses', async () => {
    const bench = commandsWith([A]);
    bench.breakDisk();
    await expect(bench.commands.setWanted('a', true)).rejects.toThrow('ENOSPC');
    expect(bench.heard).toEqual([]);
    expect(bench.book.get('a')?.wanted).toBe(false);
  });
});

describe('removing', () => {
  it('can be undone for half a minute, in the same place', async () => {
    const { commands, book, state, clock, heard } = commandsWith([A, B]);
    await commands.removeAccount('a');
    expect(state.snapshot().undo).toEqual({ accountId: 'a', name: 'Work' });
    clock.turn(UNDO_MS - 1);
    expect(await commands.undoRemove()).toEqual(DONE);
    expect(book.list()).toEqual([A, B]);
    expect(state.snapshot().undo).toBeNull();
    expect(heard).toEqual(['remove a', 'set a off person']);
    expect(await commands.undoRemove()).toEqual(NOT_NOW);
  });

  it('cannot be undone later', async () => {
    const { commands, book, state, clock } = commandsWith([A, B]);
    await commands.removeAccount('a');
    clock.turn(UNDO_MS);
    expect(state.snapshot().undo).toBeNull();
    expect(await commands.undoRemove()).toEqual(NOT_NOW);
    expect(book.list()).toEqual([B]);
  });

  it('is not lost when it cannot be written back', async () => {
    const { commands, book, state, breakDisk, mendDisk } = commandsWith([A, B]);
    await commands.removeAccount('a');
    breakDisk();
    await expect(commands.undoRemove()).rejects.toThrow('ENOSPC');
    expect(state.snapshot().undo).toEqual({ accountId: 'a', name: 'Work' });
    mendDisk();
    expect(await commands.undoRemove()).toEqual(DONE);
    expect(book.list()).toEqual([A, B]);
  });

  it('keeps the last one only, for a full half minute', async () => {
    const { commands, book, clock } = commandsWith([A, B]);
    await commands.removeAccount('a');
    clock.turn(UNDO_MS / 2);
    await commands.removeAccount('b');
    clock.turn(UNDO_MS - 1);
    await commands.undoRemove();
    expect(book.list()).toEqual([B]);
  });

  it('cancels what the mailbox asks', async () => {
    const { commands, broker, heard } = commandsWith([A]);
    const request = { kind: 'password', user: 'u', host: 'h', wrongBefore: false } as const;
    broker.open({ id: 'q', accountId: 'a', request });
    await commands.removeAccount('a');
    expect(heard).toEqual(['answer q cancel', 'remove a']);
  });

  it('does not find what is not there', async () => {
    expect(await commandsWith([A]).commands.removeAccount('x')).toEqual(NOT_FOUND);
  });
});

describe('duplicating', () => {
  it('makes another one right after it, switched off, with a name and ports of its own', async () => {
    const { commands, book, heard } = commandsWith([A, B]);
    const first = await commands.duplicateAccount('a');
    const second = await commands.duplicateAccount('a');
    expect([first.ok, second.ok]).toEqual([true, true]);
    const told = book.list().map(({ name, wanted, forwards }) => ({
      name,
      wanted,
      ports: forwards.map(({ localPort }) => localPort),
    }));
    expect(told).toEqual([
      { name: 'Work', wanted: false, ports: [11_110] },
      { name: 'Work (copy 2)', wanted: false, ports: [11_113] },
      { name: 'Work (copy)', wanted: false, ports: [11_112] },
      { name: 'Home', wanted: true, ports: [11_111] },
    ]);
    expect(new Set(book.list().flatMap(({ id, forwards }) => [id, forwards[0]?.id])).size).toBe(7);
    expect(heard).toEqual(['set new-2 off person', 'set new-4 off person']);
    const [, copy] = book.list();
    expect({ ...copy, id: 'a', name: 'Work', forwards: A.forwards }).toEqual(A);
  });

  it('knows one practice mailbox only, and does not find what is not there', async () => {
    const { commands } = commandsWith([PRACTICE]);
    expect(await commands.duplicateAccount('p')).toEqual(NOT_FOUND);
    expect(await commands.duplicateAccount('x')).toEqual(NOT_FOUND);
  });
});

describe('locking', () => {
  it('tells the engine, and the person once', () => {
    const { commands, heard, state } = commandsWith([A]);
    expect(commands.lock()).toEqual(DONE);
    expect(commands.lock()).toEqual(DONE);
    expect(heard).toEqual(['lock', 'lock']);
    expect(state.snapshot().notices.map(({ messageKey }) => messageKey)).toEqual([
      'app:notice.locked',
    ]);
  });
});

describe('the switch', () => {
  it('is kept and handed over as a person’s', async () => {
    const { commands, book, heard, written } = commandsWith([A, B]);
    expect(await commands.setWanted('a', true)).toEqual(DONE);
    expect(book.get('a')?.wanted).toBe(true);
    expect(written()).toEqual(book.list());
    expect(heard).toEqual(['set a on person']);
  });

  it('does nothing when it is so already', async () => {
    const { commands, heard } = commandsWith([A, B]);
    expect(await commands.setWanted('b', true)).toEqual(DONE);
    expect(heard).toEqual([]);
  });

  it.each([
    [true, ['set a on person']],
    [false, ['set b off person']],
  ])('for all, %s, touches only those that are otherwise', async (on, expected) => {
    const { commands, heard } = commandsWith([A, B]);
    expect(await commands.setAllWanted(on)).toEqual(DONE);
    expect(heard).toEqual(expected);
  });

  it('does not find what is not there', async () => {
    expect(await commandsWith([A]).commands.setWanted('x', true)).toEqual(NOT_FOUND);
  });
});

describe('guards', () => {
  /** A bench whose one mailbox is in a state. */
  function inState(state: TunnelState) {
    const bench = commandsWith([A]);
    bench.state.setTruth('a', { state, traffic: NO_TRAFFIC, session: null });
    return bench;
  }

  it.each(Object.entries(STATES))('tryNow in %s', (_name, state) => {
    const { commands, heard } = inState(state);
    expect(commands.tryNow('a')).toEqual(canTryNow(state) ? DONE : NOT_NOW);
    expect(heard).toEqual(canTryNow(state) ? ['try a'] : []);
  });

  const changed: TunnelState = { kind: 'needs-attention', error: ERRORS['host-key-changed'] };
  it.each<[string, TunnelState, string, boolean]>([
    ['the key that was shown', changed, OTHER_FINGERPRINT, true],
    ['another key', changed, 'SHA256:other', false],
    ['a key while another thing is wrong', STATES.attention, OTHER_FINGERPRINT, false],
    ['a key while nothing is wrong', STATES.on, OTHER_FINGERPRINT, false],
  ])('acceptChangedKey: %s', (_what, state, fingerprint, accepted) => {
    const { commands, heard } = inState(state);
    expect(commands.acceptChangedKey('a', fingerprint)).toEqual(accepted ? DONE : NOT_NOW);
    expect(heard).toEqual(accepted ? [`accept a ${fingerprint}`] : []);
  });

  it('answers fit, or are refused by kind', () => {
    const { commands, broker, heard } = commandsWith([A]);
    const request = { kind: 'password', user: 'u', host: 'h', wrongBefore: false } as const;
    broker.open({ id: 'q', accountId: 'a', request });
    expect(commands.answerPrompt('x', { kind: 'trust' })).toEqual(NOT_FOUND);
    expect(commands.answerPrompt('q', { kind: 'trust' })).toMatchObject({
      error: { kind: 'bad-request' },
    });
    expect(commands.answerPrompt('q', { kind: 'secret', secret: 's' })).toEqual(DONE);
    expect(heard).toEqual(['answer q secret']);
  });

  it.each<[string, number, number, unknown]>([
    ['a free port', 11_110, 12_000, DONE],
    ['the port of another mailbox', 11_110, 11_111, NOT_NOW],
    ['from a port it has not got', 1, 12_000, NOT_FOUND],
  ])('changePort to %s', async (_what, from, to, expected) => {
    const { commands, book } = commandsWith([A, B]);
    expect(await commands.changePort('a', from, to)).toEqual(expected);
    expect(book.get('a')?.forwards[0]?.localPort).toBe(expected === DONE ? to : 11_110);
  });
});

describe('suggestForward', () => {
  it('passes over the ports of other mailboxes', async () => {
    const { commands } = commandsWith([A, B]);
    expect(await commands.suggestForward('pop3', 'mail.example.org', null)).toEqual({
      ok: true,
      value: { ...POP3, id: 'new-1', mailHost: 'mail.example.org', localPort: 11_112 },
    });
  });

  it('gives a mailbox that is being edited the port it has', async () => {
    const moved = { ...A, forwards: [{ ...POP3, localPort: 12_345 }] };
    const { commands } = commandsWith([moved, B]);
    expect(await commands.suggestForward('pop3', 'm', 'a')).toMatchObject({
      value: { localPort: 12_345 },
    });
    expect(await commands.suggestForward('imap', 'm', 'a')).toMatchObject({
      value: { localPort: 11_143 },
    });
  });
});

describe('the practice mailbox', () => {
  it('is made once, switched on, with its key pinned and its passphrase shown', async () => {
    const { commands, book, heard, state } = commandsWith([A]);
    const [one, two] = await Promise.all([commands.addPractice(), commands.addPractice()]);
    expect(one).toEqual({ ok: true, value: 'new-2' });
    expect(two).toEqual(one);
    expect(book.list()[1]).toMatchObject({
      practice: true,
      wanted: true,
      sshPort: SERVERS.sshPort,
      signIn: { kind: 'key-file', path: SERVERS.keyPath },
    });
    expect(heard).toEqual(['start null', 'start 2200', 'set new-2 on person']);
    expect(state.snapshot().practicePassphrase).toBe(PASSPHRASE);
  });

  it('is found and switched on when there is one', async () => {
    const { commands, heard, book } = commandsWith([PRACTICE]);
    expect(await commands.addPractice()).toEqual({ ok: true, value: 'p' });
    expect(book.list()).toHaveLength(1);
    expect(heard.at(-1)).toBe('set p on person');
  });

  it('needs its servers only while it is on', async () => {
    const { commands, heard } = commandsWith([PRACTICE]);
    await commands.setWanted('p', true);
    await commands.setWanted('p', false);
    await commands.setWanted('p', true);
    await commands.removeAccount('p');
    const on = ['start 2200', 'set p on person'];
    expect(heard.slice(1)).toEqual([on[1], 'set p off person', 'stop', ...on, 'remove p', 'stop']);
  });

  it('that is switched off while its servers start stays off', async () => {
    const { commands, heard, book } = commandsWith([PRACTICE]);
    await Promise.all([commands.setWanted('p', true), commands.setWanted('p', false)]);
    expect(book.get('p')?.wanted).toBe(false);
    expect(heard).toContain('stop');
    expect(heard.filter((each) => each.startsWith('set'))).not.toContain('set p on person');
  });

  it('whose servers cannot start goes off again and says so', async () => {
    const bench = commandsWith([PRACTICE]);
    bench.breakPractice();
    const result = await bench.commands.setWanted('p', true);
    expect(result).toMatchObject({ ok: false, error: { kind: 'failed' } });
    expect(bench.book.get('p')?.wanted).toBe(false);
    expect(bench.state.snapshot().notices[0]?.messageKey).toBe('app:notice.practice-failed');
  });

  it('does not come back beside a second one', async () => {
    const { commands, book } = commandsWith([PRACTICE]);
    await commands.removeAccount('p');
    await commands.addPractice();
    expect(await commands.undoRemove()).toEqual(NOT_NOW);
    expect(book.list()).toHaveLength(1);
  });
});

describe('who acted', () => {
  it.each<[string, (commands: ReturnType<typeof commandsWith>['commands']) => unknown]>([
    ['setWanted', (commands) => commands.setWanted('a', true)],
    ['tryNow', (commands) => commands.tryNow('a')],
    ['saveAccount', (commands) => commands.saveAccount('a', NEW)],
    ['answerPrompt', (commands) => commands.answerPrompt('x', { kind: 'cancel' })],
  ])('%s is a person’s doing', async (_name, act) => {
    const { commands, clock } = commandsWith([A]);
    await act(commands);
    clock.turn(5000);
    expect(commands.personActedWithin(5000)).toBe(true);
    expect(commands.personActedWithin(4999)).toBe(false);
  });
});
