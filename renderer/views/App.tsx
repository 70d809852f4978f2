import { useSnapshot } from '../state/use-snapshot';
import { useAnnouncements } from '../state/use-announcements';
import { usePlaces } from '../state/use-places';
import { MailboxForm } from './form/MailboxForm';
import { MailboxList } from './list/MailboxList';

/** The main window: the list of mailboxes, and in its place the form while one is added or changed. */
export function App() {
  const snapshot = useSnapshot();
  const places = usePlaces(snapshot);
  useAnnouncements(snapshot);
  // Until the first snapshot there is nothing but the ground, so that nothing jumps.
  if (snapshot === null) return null;
  const { form } = places;
  return (
    <>
      {/* Hidden and not taken away, so that it comes back as it was left. (An Activity would stop the
          effects of a menu that is just closing, which then never gets the keyboard again.) */}
      <div className="window" hidden={form !== null}>
        <MailboxList snapshot={snapshot} onAdd={() => void places.add()} onEdit={places.edit} />
      </div>
      {form === null ? null : <MailboxForm key={form.visit} visit={form} places={places} />}
    </>
  );
}
