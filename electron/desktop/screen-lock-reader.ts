/** The first line of a message, as `dbus-monitor` prints it, of any desktop's screen saver. */
const ANNOUNCEMENT = /^signal .*interface=org\.\w+\.ScreenSaver; member=ActiveChanged$/u;

/** Reads what `dbus-monitor` prints, line by line, and calls back when a screen saver says that it is active. */
export function screenLockReader(locked: () => void): (line: string) => void {
  let announced = false;
  return (line) => {
    if (announced && line.trim() === 'boolean true') locked();
    announced = ANNOUNCEMENT.test(line.trimEnd());
  };
}
