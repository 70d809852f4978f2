import { useEffect, useRef, useState } from 'react';
import type { AccountId } from '../../electron/shared/account';
import { useAnnouncements } from '../state/use-announcements';
import { useBroughtUp } from '../state/use-brought-up';
import { usePlaces, type Places, type Visit } from '../state/use-places';
import { useSnapshot } from '../state/use-snapshot';
import { MailboxForm } from './form/MailboxForm';
import { MailboxList } from './list/MailboxList';
import { Preferences } from './preferences/Preferences';
import { Wizard } from './wizard/Wizard';

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
  useAnnouncements(snapshot);
  useBroughtUp((place) => {
    setIsPreferring(false);
    // Who is typing is not taken away from it.
    if (places.visit === null) setSought({ id: place.id });
  });
  useSought(sought, snapshot !== null);
  // Until the first snapshot there is nothing but the ground, so that nothing jumps.
  if (snapshot === null) return null;
  const { visit } = places;
  const isListShown = visit === null && !isPreferring;
  return (
    <>
      {/* Hidden and not taken away, so that it comes back as it was left. (An Activity would stop the
          effects of a menu that is just closing, which then never gets the keyboard again.) */}
      <div className="window" hidden={!isListShown}>
        <MailboxList
          snapshot={snapshot}
          onAdd={() => void places.add()}
          onEdit={places.edit}
          onPreferences={() => setIsPreferring(true)}
        />
      </div>
      {isPreferring ? (
        <Preferences preferences={snapshot.preferences} onBack={() => setIsPreferring(false)} />
      ) : null}
      {visit === null ? null : <Visited key={visit.visit} visit={visit} places={places} />}
    </>
  );
}
