import { describe, expect, it } from 'vitest';
import { screenLockReader } from '../../../electron/desktop/screen-lock-reader';

/** As `dbus-monitor` prints a signal. */
const said = (name: string, isActive: boolean): readonly string[] => [
  `signal time=1763.1 sender=:1.20 -> destination=(null destination) serial=9 path=/; interface=${name}; member=ActiveChanged`,
  `   boolean ${isActive}`,
];

function locksAfter(lines: readonly string[]): number {
  let locks = 0;
  const read = screenLockReader(() => (locks += 1));
  lines.forEach(read);
  return locks;
}

describe('the announcements of screen savers', () => {
  it.each(['org.freedesktop.ScreenSaver', 'org.gnome.ScreenSaver', 'org.mate.ScreenSaver'])(
    '%s becomes active',
    (name) => {
      expect(locksAfter(said(name, true))).toBe(1);
      expect(locksAfter([...said(name, false), ...said(name, true)])).toBe(1);
    },
  );

  it('nothing else locks', () => {
    expect(locksAfter(said('org.gnome.ScreenSaver', false))).toBe(0);
    expect(locksAfter(said('org.example.Light', true))).toBe(0);
    expect(locksAfter(['   boolean true'])).toBe(0);
  });
});
