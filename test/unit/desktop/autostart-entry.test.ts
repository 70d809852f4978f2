import { describe, expect, it } from 'vitest';
import { autostartEntry } from '../../../electron/desktop/autostart-entry';

describe('the file that starts Mailmole at login', () => {
  it('runs the program as it runs now, hidden', () => {
    expect(autostartEntry(['/opt/Mailmole/mailmole', '--hidden'])).toContain(
      '\nExec="/opt/Mailmole/mailmole" "--hidden"\n',
    );
  });

  it.each([
    ['/home/a b/mail mole', '"/home/a b/mail mole"'],
    ['/opt/100%/mole', '"/opt/100%%/mole"'],
    ['/opt/$HOME/mole', '"/opt/\\\\$HOME/mole"'],
    ['/opt/"q"/mole', '"/opt/\\\\"q\\\\"/mole"'],
  ])('quotes %s', (path, quoted) => {
    expect(autostartEntry([path])).toContain(`\nExec=${quoted}\n`);
  });
});
