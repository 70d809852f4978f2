import { describe, expect, it } from 'vitest';
import { wayToAsk } from '../../../electron/asking/ask-way';

const SYSTEM = '/usr/bin/ssh-askpass';
const X = { DISPLAY: ':0' };
const OWN = { SSH_ASKPASS: 'my-askpass' };

describe('where a question goes', () => {
  // Each row but the last two was tried with ssh itself (OpenSSH 9.2), which test/integration/headless repeats.
  it.each<[Record<string, string>, boolean, string]>([
    [{}, true, 'terminal'],
    [{}, false, 'nobody'],
    [{ ...OWN }, true, 'terminal'],
    [{ ...OWN }, false, 'nobody'],
    [{ ...OWN, ...X }, true, 'terminal'],
    [{ ...OWN, ...X }, false, 'my-askpass'],
    [{ ...OWN, WAYLAND_DISPLAY: 'wayland-0' }, false, 'my-askpass'],
    [{ ...OWN, DISPLAY: '' }, false, 'nobody'],
    [{ ...OWN, ...X, SSH_ASKPASS_REQUIRE: 'prefer' }, true, 'my-askpass'],
    [{ ...OWN, SSH_ASKPASS_REQUIRE: 'prefer' }, true, 'terminal'],
    [{ ...OWN, SSH_ASKPASS_REQUIRE: 'prefer' }, false, 'nobody'],
    [{ ...OWN, SSH_ASKPASS_REQUIRE: 'force' }, true, 'my-askpass standing'],
    [{ ...OWN, SSH_ASKPASS_REQUIRE: 'FORCE' }, false, 'my-askpass standing'],
    [{ ...OWN, ...X, SSH_ASKPASS_REQUIRE: 'never' }, false, 'nobody'],
    [{ ...OWN, ...X, SSH_ASKPASS_REQUIRE: 'never' }, true, 'terminal'],
    [{ ...OWN, ...X, SSH_ASKPASS_REQUIRE: 'perhaps' }, false, 'my-askpass'],
    [{ ...X }, false, SYSTEM],
    [{ ...X, SSH_ASKPASS: '' }, false, SYSTEM],
  ])('%o, terminal: %s -> %s', (env, hasTerminal, expected) => {
    const way = wayToAsk({ env, hasTerminal, usualAskpass: SYSTEM });
    expect(
      way.kind === 'askpass' ? `${way.program}${way.standing ? ' standing' : ''}` : way.kind,
    ).toBe(expected);
  });

  it('is nobody where the system has no program either', () => {
    expect(wayToAsk({ env: X, hasTerminal: false, usualAskpass: null })).toEqual({
      kind: 'nobody',
    });
  });
});
