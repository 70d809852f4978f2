import { describe, expect, it } from 'vitest';
import type { Forward } from '../../../electron/shared/account';
import type { PracticePorts, PracticeServers } from '../../../electron/state/practice-keeper';
import {
  createPracticeKeeper,
  fitted,
  portsOf,
  practiceDraft,
} from '../../../electron/state/practice-keeper';
import { anAccount, DRAFT } from '../support/snapshots';

/** Servers that note what happens to them, in order. */
function aKeeper() {
  const log: string[] = [];
  const lost: (() => void)[] = [];
  let fails = false;
  const keeper = createPracticeKeeper(async (preferred, onLost) => {
    log.push(`start ${JSON.stringify(preferred)}`);
    lost.push(onLost);
    await Promise.resolve();
    if (fails) throw new Error('no ports');
    log.push('started');
    return servers(2200, async () => {
      log.push('stop');
      await Promise.resolve();
      log.push('stopped');
    });
  });
  return { keeper, log, lose: () => lost.at(-1)?.(), failNext: (next: boolean) => (fails = next) };
}

function servers(sshPort: number, stop = (): Promise<void> => Promise.resolve()): PracticeServers {
  return { sshPort, pop3Port: 1100, user: 'mole', keyPath: '/p/key', passphrase: 'x', stop };
}

describe('the keeper of the practice servers', () => {
  it('starts them once, however often it is asked', async () => {
    const { keeper, log } = aKeeper();
    const ports: PracticePorts = { ssh: 1, pop3: 2 };
    const [one, two] = await Promise.all([keeper.start(ports), keeper.start(null)]);
    expect(one).toBe(two);
    expect(log).toEqual(['start {"ssh":1,"pop3":2}', 'started']);
  });

  it('does what it is asked in the order it was asked', async () => {
    const { keeper, log } = aKeeper();
    await Promise.all([keeper.start(null), keeper.stop(), keeper.stop(), keeper.start(null)]);
    const once = ['start null', 'started'];
    expect(log).toEqual([...once, 'stop', 'stopped', ...once]);
  });

  it('can be asked again after a failure', async () => {
    const { keeper, failNext } = aKeeper();
    failNext(true);
    await expect(keeper.start(null)).rejects.toThrow('no ports');
    failNext(false);
    await expect(keeper.start(null)).resolves.toMatchObject({ sshPort: 2200 });
  });

  it('starts anew those that were lost', async () => {
    const { keeper, log, lose } = aKeeper();
    await keeper.start(null);
    lose();
    await keeper.stop();
    await keeper.start(null);
    expect(log).toEqual(['start null', 'started', 'start null', 'started']);
  });
});

describe('the practice mailbox', () => {
  const [forward] = DRAFT.forwards as readonly [Forward];
  const practice = anAccount(practiceDraft('Practice', servers(2200), forward));

  it('signs in with its pinned key file', () => {
    expect(practice).toMatchObject({
      practice: true,
      sshHost: '127.0.0.1',
      sshPort: 2200,
      sshUser: 'mole',
      signIn: { kind: 'key-file', path: '/p/key' },
      forwards: [{ ...forward, mailHost: '127.0.0.1', mailPort: 1100 }],
    });
  });

  it('remembers its ports', () => {
    expect(portsOf(practice)).toEqual({ ssh: 2200, pop3: 1100 });
  });

  it('stays the same while the servers do', () => {
    expect(fitted(practice, servers(2200))).toBe(practice);
  });

  it('follows the servers and keeps the rest', () => {
    const other = { ...forward, id: 'second', localPort: 20_000 };
    const edited = { ...practice, name: 'Mine', forwards: [...practice.forwards, other] };
    expect(fitted(edited, servers(2201))).toEqual({ ...edited, sshPort: 2201 });
  });
});
