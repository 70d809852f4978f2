import { Activity } from 'react';
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
      <Activity mode={form === null ? 'visible' : 'hidden'}>
        <MailboxList snapshot={snapshot} onAdd={() => void places.add()} onEdit={places.edit} />
      </Activity>
      {form === null ? null : <MailboxForm key={form.visit} visit={form} places={places} />}
    </>
  );
}
