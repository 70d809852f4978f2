import { lazy, Suspense, useEffect, useRef, useState } from 'react';
import type { AccountId } from '../../electron/shared/account';
import { useAnnouncements } from '../state/use-announcements';
import { useBroughtUp } from '../state/use-brought-up';
import { useDropped } from '../state/use-dropped';
import { usePlaces, type Places, type Visit } from '../state/use-places';
import { useSnapshot } from '../state/use-snapshot';
import { useVerbs } from '../state/verbs';
import { MailboxList } from './list/MailboxList';

// What is read when a person goes there: the list need not wait for it.
const BringIn = lazy(async () => ({ default: (await import('./import/BringIn')).BringIn }));
const ImportPage = lazy(async () => ({
  default: (await import('./import/ImportPage')).ImportPage,
}));
const MailboxForm = lazy(async () => ({
  default: (await import('./form/MailboxForm')).MailboxForm,
}));
const Preferences = lazy(async () => ({
  default: (await import('./preferences/Preferences')).Preferences,
}));
const Wizard = lazy(async () => ({ default: (await import('./wizard/Wizard')).Wizard }));

/** A place that is entered and left; on leaving it the keyboard goes back to the element that led there. */
function useFocusBack(id: string): [boolean, (isThere: boolean) => void] {
  const [isThere, setIsThere] = useState(false);
  const wasThere = useRef(false);
  useEffect(() => {
    if (wasThere.current && !isThere) document.getElementById(id)?.focus();
    wasThere.current = isThere;
  }, [id, isThere]);
  return [isThere, setIsThere];
}

/** Leads the keyboard, and the eye, to a mailbox as soon as it is drawn. */
function useSought(sought: { readonly id: AccountId } | null, isDrawn: boolean): void {
  useEffect(() => {
    if (sought === null || !isDrawn) return;
    const row = document.getElementById(`mailbox-${sought.id}`);
    row?.scrollIntoView({ block: 'center' });
    row?.focus();
  }, [sought, isDrawn]);
}

interface VisitedProps {
  readonly visit: Visit;
  readonly places: Places;
}

/** What stands in place of the list: the wizard for a new mailbox, or the form with all settings. */
function Visited({ visit, places }: VisitedProps) {
  return visit.wizard === null ? (
    <MailboxForm visit={visit} places={places} />
  ) : (
    <Wizard visit={visit} start={visit.wizard} places={places} />
  );
}

/** The main window: the list of mailboxes, and in its place the form while one is added or changed. */
export function App() {
  const snapshot = useSnapshot();
  const places = usePlaces(snapshot);
  const [sought, setSought] = useState<{ readonly id: AccountId } | null>(null);
  const [isPreferring, setIsPreferring] = useFocusBack('open-preferences');
  const [isBringingIn, setIsBringingIn] = useFocusBack('more-for-all');
  const verbs = useVerbs();
  const [dropped, setDropped] = useDropped();
  useAnnouncements(snapshot);
  useBroughtUp((place) => {
    setIsPreferring(false);
    setIsBringingIn(false);
    // Who is typing is not taken away from it.
    if (places.visit === null) setSought({ id: place.id });
  });
  useSought(sought, snapshot !== null);
  // Until the first snapshot there is nothing but the ground, so that nothing jumps.
  if (snapshot === null) return null;
  const { visit } = places;
  const opened = dropped ?? snapshot.opened;
  const isListShown = visit === null && !isPreferring && !isBringingIn && opened === null;
  const closeOpened = (): void => {
    if (dropped !== null) setDropped(null);
    else if (opened !== null) void verbs.closeOpened(opened.id);
  };
  return (
    <>
      {/* Hidden and not taken away, so that it comes back as it was left. (An Activity would stop the
          effects of a menu that is just closing, which then never gets the keyboard again.) */}
      <div className="window" hidden={!isListShown}>
        <MailboxList
          snapshot={snapshot}
          onAdd={() => void places.add()}
          onEdit={places.edit}
          onImport={() => setIsBringingIn(true)}
          onPreferences={() => setIsPreferring(true)}
          cancelled={places.cancelled}
          onUndoCancel={places.undoCancel}
        />
      </div>
      <Suspense>
        {isPreferring && opened === null ? (
          <Preferences preferences={snapshot.preferences} onBack={() => setIsPreferring(false)} />
        ) : null}
        {isBringingIn ? (
          // What was pasted stays while it is looked at.
          <div className="window" hidden={opened !== null}>
            <BringIn onBack={() => setIsBringingIn(false)} onRead={setDropped} />
          </div>
        ) : null}
        {visit === null ? null : (
          // What is typed there stays while a file is looked at.
          <div className="window" hidden={opened !== null}>
            <Visited key={visit.visit} visit={visit} places={places} />
          </div>
        )}
        {opened === null ? null : (
          <ImportPage
            key={opened.id}
            read={opened.read}
            fileName={opened.fileName}
            onBack={closeOpened}
            onAdded={([first]) => {
              closeOpened();
              setIsBringingIn(false);
              if (first !== undefined) setSought({ id: first });
            }}
          />
        )}
      </Suspense>
    </>
  );
}
