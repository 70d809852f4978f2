import { use, useEffect } from 'react';
import type { Place } from '../../electron/shared/ipc-contract';
import { SnapshotContext } from './use-snapshot';
import { useVerbs } from './verbs';

/** Calls back with the place that the window was brought up for, now and whenever it is again. */
export function useBroughtUp(lead: (place: Place) => void): void {
  const verbs = useVerbs();
  const store = use(SnapshotContext);
  useEffect(() => {
    const take = async (): Promise<void> => {
      const place = await verbs.takePlace();
      if (place) lead(place);
    };
    void take();
    return store?.whenPlaced(() => void take());
    // `lead` is made anew with each drawing and only used when something happens.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [verbs, store]);
}
