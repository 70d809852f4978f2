import { describe, expect, it } from 'vitest';
import { readOptions } from '../../../electron/headless/options';

describe('the command line of a headless start', () => {
  it.each<[string[], string | null]>([
    [[], null],
    [['--headless'], null],
    [['--headless', '--profile', 'work'], 'work'],
    [['--profile=/srv/a b', '--headless'], '/srv/a b'],
    [['--profile', '--headless'], '--headless'],
  ])('%o', (argv, profile) => {
    expect(readOptions(argv)).toEqual({ ok: true, value: { profile } });
  });

  it.each([
    [['--profile'], { kind: 'no-folder' }],
    [['--profile='], { kind: 'no-folder' }],
    [['--hidden'], { kind: 'unknown', option: '--hidden' }],
    [['up'], { kind: 'unknown', option: 'up' }],
  ])('%o is wrong', (argv, error) => {
    expect(readOptions(argv)).toEqual({ ok: false, error });
  });
});
