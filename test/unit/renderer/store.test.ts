import { describe, expect, it } from 'vitest';
import type { IpcFailure } from '../../../electron/shared/ipc-contract';
import { fail, ok } from '../../../electron/shared/result';
import { createSnapshotStore } from '../../../renderer/state/snapshot-store';
import { createVerbs } from '../../../renderer/state/verbs';
import { fakeBridge } from '../support/fake-bridge';
import { aSnapshot, aView, NOW, STATES } from '../support/snapshots';

/** Lets everything that is already resolved run. */
const settled = () => new Promise<void>((done) => setImmediate(done));

describe('the snapshot store', () => {
  it('has nothing at first, then what it asked for, then what is pushed', async () => {
    const main = fakeBridge(aSnapshot());
    const store = createSnapshotStore(main.bridge);
    expect(store.get()).toBeNull();
    await settled();
    expect(store.get()?.accounts).toHaveLength(0);
    let heard = 0;
    const stop = store.subscribe(() => (heard += 1));
    main.push(aSnapshot([aView(STATES.on)], { at: NOW + 1 }));
    expect([heard, store.get()?.accounts.length]).toEqual([1, 1]);
    stop();
    main.push(aSnapshot([], { at: NOW + 2 }));
    expect(heard).toBe(1);
  });

  it('never goes back to an older one', async () => {
    const main = fakeBridge(aSnapshot());
    const store = createSnapshotStore(main.bridge);
    main.push(aSnapshot([aView(STATES.on)], { at: NOW + 1 }));
    main.answer('getSnapshot', () => Promise.resolve(ok(aSnapshot())));
    await settled();
    expect(store.get()?.accounts).toHaveLength(1);
  });
});

describe('a verb', () => {
  const told: IpcFailure[] = [];
  const main = fakeBridge(aSnapshot());
  const verbs = createVerbs(main.bridge, (failure) => told.push(failure));

  it('passes its arguments on and answers with the value alone', async () => {
    main.answer('addPractice', () => Promise.resolve(ok('practice')));
    expect(await verbs.addPractice()).toBe('practice');
    expect(await verbs.setWanted('a', true)).toBeNull();
    expect(main.calls).toContainEqual(['setWanted', 'a', true]);
    expect(told).toEqual([]);
  });

  it('tells of what was not carried out, and answers nothing', async () => {
    main.answer('acceptChangedKey', () => Promise.resolve(fail({ kind: 'not-now' })));
    main.answer('copyText', () => Promise.reject(new Error('gone')));
    expect(await verbs.acceptChangedKey('a', 'SHA256:x')).toBeUndefined();
    expect(await verbs.copyText('x')).toBeUndefined();
    expect(told.map(({ kind }) => kind)).toEqual(['not-now', 'failed']);
  });

  it.each(['tryNow', 'undoRemove'] as const)(
    'says nothing when %s was pressed twice',
    async (name) => {
      told.length = 0;
      main.answer(name, () => Promise.resolve(fail({ kind: 'not-now' })));
      await (name === 'tryNow' ? verbs.tryNow('a') : verbs.undoRemove());
      expect(told).toEqual([]);
      main.answer(name, () => Promise.resolve(fail({ kind: 'not-found' })));
      await (name === 'tryNow' ? verbs.tryNow('a') : verbs.undoRemove());
      expect(told).toEqual([{ kind: 'not-found' }]);
    },
  );
});
