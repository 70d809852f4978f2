import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { AttemptSecrets, KeyRing } from '../../../electron/secrets/key-ring';
import { Secret } from '../../../electron/secrets/secret';
import { turnedClock } from '../support/turned-clock';

const one = new Secret('one');
const two = new Secret('two');

describe('the key ring', () => {
  it('keeps by name, lets go by name, and forgets everything when it is locked', () => {
    const ring = new KeyRing();
    ring.keep('a', one);
    ring.keep('b', two);
    expect([ring.get('a'), ring.get('b'), ring.get('c'), ring.size]).toEqual([
      one,
      two,
      undefined,
      2,
    ]);
    ring.drop('a');
    ring.drop('nothing');
    expect([ring.get('a'), ring.size]).toEqual([undefined, 1]);
    ring.lock();
    expect([ring.get('b'), ring.size]).toEqual([undefined, 0]);
  });

  it('keeps a secret for as long as its person chose', () => {
    const clock = turnedClock();
    const ring = new KeyRing((ms, forget) => clock.after(ms, forget));
    ring.keep('always', new Secret('1', 'until-quit'));
    ring.keep('while', new Secret('2', '15-minutes'));
    ring.keep('never', new Secret('3', 'ask-every-time'));
    const kept = () => ['always', 'while', 'never'].filter((name) => ring.get(name) !== undefined);
    expect(kept()).toEqual(['always', 'while']);
    clock.turn(15 * 60_000 - 1);
    expect(kept()).toEqual(['always', 'while']);
    clock.turn(1);
    expect(kept()).toEqual(['always']);
  });

  it('counts the time of a secret from when it was given last', () => {
    const clock = turnedClock();
    const ring = new KeyRing((ms, forget) => clock.after(ms, forget));
    ring.keep('a', new Secret('1', '15-minutes'));
    clock.turn(14 * 60_000);
    ring.keep('a', new Secret('2', '15-minutes'));
    clock.turn(14 * 60_000);
    expect(ring.get('a')?.reveal()).toBe('2');
    ring.keep('a', new Secret('3'));
    clock.turn(60 * 60_000);
    expect(ring.get('a')?.reveal()).toBe('3');
    ring.keep('a', new Secret('4', '15-minutes'));
    ring.lock();
    expect([ring.size, clock.waiting()]).toEqual([0, 0]);
  });

  it('forgets at once what was kept before, when it is to be asked for every time from now on', () => {
    const ring = new KeyRing();
    ring.keep('a', one);
    ring.keep('a', new Secret('two', 'ask-every-time'));
    expect(ring.get('a')).toBeUndefined();
  });

  it('does not show what it holds', () => {
    const ring = new KeyRing();
    ring.keep('a', new Secret('hunter2'));
    expect(inspect(ring, { depth: 9, showHidden: true }) + JSON.stringify(ring)).not.toContain(
      'hunter2',
    );
  });
});

describe('what an attempt collects', () => {
  it('serves that attempt at once, and the ring only once it was accepted', () => {
    const ring = new KeyRing();
    const secrets = new AttemptSecrets(ring);
    secrets.offer('a', one);
    expect(secrets.get('a')).toBe(one);
    expect(new AttemptSecrets(ring).get('a')).toBeUndefined();
    expect(ring.size).toBe(0);
    secrets.accept();
    expect(ring.get('a')).toBe(one);
    expect(new AttemptSecrets(ring).get('a')).toBe(one);
  });

  it('goes before what the ring holds', () => {
    const ring = new KeyRing();
    ring.keep('a', one);
    const secrets = new AttemptSecrets(ring);
    expect(secrets.get('a')).toBe(one);
    secrets.offer('a', two);
    expect(secrets.get('a')).toBe(two);
    expect(ring.get('a')).toBe(one);
  });

  it('is gone when it is refused, from the ring too, and stays gone', () => {
    const ring = new KeyRing();
    ring.keep('a', one);
    ring.keep('b', one);
    const secrets = new AttemptSecrets(ring);
    secrets.offer('a', two);
    secrets.offer('c', two);
    secrets.refuse('a');
    expect(secrets.get('a')).toBeUndefined();
    secrets.accept();
    expect([ring.get('a'), ring.get('b'), ring.get('c')]).toEqual([undefined, one, two]);
  });

  it('is not kept when the ring was locked in the meantime', () => {
    const ring = new KeyRing();
    const before = new AttemptSecrets(ring);
    before.offer('a', one);
    ring.lock();
    expect(before.get('a')).toBe(one);
    before.accept();
    expect(ring.size).toBe(0);
    const after = new AttemptSecrets(ring);
    after.offer('a', one);
    after.accept();
    expect(ring.size).toBe(1);
  });
});
