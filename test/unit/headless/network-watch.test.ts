import { describe, expect, it } from 'vitest';
import { changesBetween, type Change } from '../../../electron/headless/network-watch';

const at = (wall: number, awake: number, ...addresses: string[]) => ({ wall, awake, addresses });

describe('what happened between two looks at the computer', () => {
  it.each<[string, string[], string[], Change[]]>([
    ['nothing', ['10.0.0.2'], ['10.0.0.2'], []],
    ['no network, still none', [], [], []],
    ['the first one', [], ['10.0.0.2'], ['network-new']],
    ['another one', ['10.0.0.2'], ['192.168.1.5'], ['network-new']],
    ['one more', ['10.0.0.2'], ['10.0.0.2', '192.168.1.5'], ['network-new']],
    ['one less', ['10.0.0.2', '192.168.1.5'], ['10.0.0.2'], []],
    ['the last one gone', ['10.0.0.2'], [], ['network-gone']],
  ])('%s', (_name, before, now, expected) => {
    expect(changesBetween(at(0, 0, ...before), at(3000, 3000, ...now))).toEqual(expected);
  });

  it('is a sleep when only the clock on the wall went on', () => {
    expect(changesBetween(at(0, 0), at(60_000, 3000))).toEqual(['woke-up']);
    // A loaded machine looks late on both clocks, and one that is set back has not slept.
    expect(changesBetween(at(0, 0), at(60_000, 60_000))).toEqual([]);
    expect(changesBetween(at(60_000, 0), at(0, 3000))).toEqual([]);
  });
});
