import { createContext, use, useCallback, useRef, type ReactNode } from 'react';

type Announce = (text: string) => void;

const AnnounceContext = createContext<Announce>(() => undefined);

/** Says something to a screen reader, without showing it. */
export function useAnnounce(): Announce {
  return use(AnnounceContext);
}

/** Holds the one live region of a window. */
export function Announcer({ children }: { readonly children: ReactNode }) {
  const region = useRef<HTMLDivElement>(null);
  const announce = useCallback((text: string) => {
    const element = region.current;
    if (element === null) return;
    // A region that is set to the text it has says nothing; the blank makes it another one.
    element.textContent = element.textContent === text ? `${text}\u00a0` : text;
  }, []);
  return (
    <AnnounceContext value={announce}>
      {children}
      <div ref={region} className="visually-hidden" role="status" aria-live="polite" />
    </AnnounceContext>
  );
}
