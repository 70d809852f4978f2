import { useCallback, useSyncExternalStore } from 'react';

/** The time in milliseconds since 1970, rounded down to `step` milliseconds; draws the component anew at each step. */
export function useNow(step: number): number {
  const subscribe = useCallback(
    (tick: () => void) => {
      const timer = setInterval(tick, step);
      return () => clearInterval(timer);
    },
    [step],
  );
  const read = (): number => Math.floor(Date.now() / step) * step;
  return useSyncExternalStore(subscribe, read, read);
}
