import { describe, expect, it } from 'vitest';
import { LOG_LINES, reportView } from '../../../electron/desktop/report-view';
import { aSnapshot, anAccount, aView, STATES } from '../support/snapshots';

const SURROUNDINGS = {
  electron: '45.4.1',
  system: 'Linux 6.1',
  desktop: 'GNOME',
  home: '/home/manish',
};
const SNAPSHOT = aSnapshot([
  aView(STATES.on),
  aView(STATES.retrying, {
    account: anAccount({
      id: 'work',
      name: 'Work',
      sshHost: 'gate.work.example',
      route: {
        kind: 'jump',
        host: 'bastion.work.example',
        port: 22,
        user: 'mole',
        signIn: { kind: 'automatic' },
        route: { kind: 'socks5', host: 'socks.work.example', port: 1080, user: 'badger' },
      },
    }),
  }),
]);
const LOG = [
  'info through socks.work.example as badger',
  'info Work: reached gate.work.example as msingh',
  'info working on it',
];

describe('the diagnostic report', () => {
  it('says what runs, what is wanted, what is true and what was written last', () => {
    const text = reportView(SNAPSHOT, SURROUNDINGS, LOG, false);
    expect(text).toContain('Mailmole 0.1.0, Electron 45.4.1, Linux 6.1, GNOME');
    expect(text).toContain('- University: wanted on, connected');
    expect(text).toContain('forward: pop3 localhost:11110 -> mail.example.org:110');
    expect(text).toContain('- Work: wanted on, retrying');
    expect(text).toContain(LOG[0]);
  });

  it('has no name of a mailbox, a server or a user when these are left out', () => {
    const text = reportView(SNAPSHOT, SURROUNDINGS, LOG, true);
    expect(text).not.toMatch(/University|\bWork\b|example|msingh|badger|mole\b(?! )/u);
    expect(text).toContain('info mailbox-2: reached server-3 as user-1');
    expect(text, 'a word that only contains a name stays').toContain('info working on it');
  });

  it('writes the home folder as ~, since it bears a name too', () => {
    const error = {
      kind: 'key-unusable',
      path: '/home/manish/.ssh/id_rsa',
      why: 'damaged',
      detail: '',
    } as const;
    const stuck = aSnapshot([aView({ kind: 'needs-attention', error })]);
    for (const redacted of [false, true]) {
      const text = reportView(stuck, SURROUNDINGS, ['read /home/manish/x'], redacted);
      expect(text).toContain('"path":"~/.ssh/id_rsa"');
      expect(text).not.toContain('manish');
    }
  });

  it('holds only the end of a long log', () => {
    const log = Array.from({ length: LOG_LINES + 5 }, (_, index) => `line ${index}.`);
    const text = reportView(SNAPSHOT, SURROUNDINGS, log, false);
    expect(text).not.toContain('line 4.');
    expect(text).toContain('line 5.');
  });
});
