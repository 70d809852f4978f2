import { useEffect, useRef } from 'react';
import type { AppSnapshot } from '../../electron/shared/app-snapshot';
import { useAnnounce } from '../components/Announcer';
import { useWords } from '../i18n/use-words';
import { announcementsBetween } from './announcements';

/** Tells a screen reader of every mailbox whose state became another one. */
export function useAnnouncements(snapshot: AppSnapshot | null): void {
  const t = useWords();
  const announce = useAnnounce();
  const before = useRef<AppSnapshot | null>(null);
  useEffect(() => {
    if (snapshot === null) return;
    const texts = announcementsBetween(before.current, snapshot, t);
    before.current = snapshot;
    if (texts.length > 0) announce(texts.join(' '));
  }, [snapshot, announce, t]);
}
