import { describe, expect, it } from 'vitest';
import { distance, nearest } from '../../../electron/control/nearest';
import {
  defaultProfile,
  profileIn,
  profilePaths,
  type Surroundings,
} from '../../../electron/control/profile-paths';
import { columns } from '../../../electron/control/render';

const LINUX: Surroundings = {
  platform: 'linux',
  env: { XDG_RUNTIME_DIR: '/run/user/7' },
  home: '/home/me',
  temporary: '/tmp',
  uid: 7,
};

describe('the places of a profile', () => {
  it('are two for two profiles, in the run-time folder', () => {
    const one = profilePaths('/nowhere/one', LINUX);
    const two = profilePaths('/nowhere/two', LINUX);
    expect(one.controlFolder).toBe('/run/user/7/mailmole');
    expect(one.socketPath).toMatch(/^\/run\/user\/7\/mailmole\/[0-9a-f]{16}\.sock$/u);
    expect(two.socketPath).not.toBe(one.socketPath);
    expect(one.pointer).toBe('/nowhere/one/control-socket');
  });

  it('are short enough for a socket, however deep the profile lies', () => {
    const deep = profilePaths(`/nowhere/${'deep/'.repeat(80)}`, LINUX);
    expect(Buffer.byteLength(deep.socketPath)).toBeLessThan(108);
  });

  it('are in a folder of the user where there is none for the run time', () => {
    const { controlFolder } = profilePaths('/nowhere', { ...LINUX, env: {}, uid: 4_000_000 });
    expect(controlFolder).toBe('/tmp/mailmole-4000000');
  });

  it('are a pipe on Windows', () => {
    const { socketPath } = profilePaths('/nowhere', { ...LINUX, platform: 'win32', uid: null });
    expect(socketPath).toMatch(/^\\\\\.\\pipe\\mailmole-[0-9a-f]{16}$/u);
  });

  it.each<[NodeJS.Platform, Record<string, string>, string]>([
    ['linux', {}, '/home/me/.config/Mailmole'],
    ['linux', { XDG_CONFIG_HOME: '/cfg' }, '/cfg/Mailmole'],
    ['darwin', {}, '/home/me/Library/Application Support/Mailmole'],
  ])('begin on %s with %j at %s', (platform, env, folder) => {
    expect(defaultProfile({ ...LINUX, platform, env })).toBe(folder);
  });

  it.each([
    [['--hidden'], null],
    [['--profile', '/x'], '/x'],
    [['a', '--profile=/x', 'b'], '/x'],
    [['--profile'], null],
    [['--profile='], null],
  ])('are named by %j', (argv, folder) => {
    expect(profileIn(argv)).toBe(folder);
  });
});

describe('what was likely meant', () => {
  it.each([
    ['lsit', 'list'],
    ['STATUS', 'status'],
    ['wiat', 'wait'],
    ['tsatus', 'status'],
    ['xyz', null],
    ['', null],
  ])('by “%s” is %s', (typed, word) => {
    expect(nearest(typed, ['list', 'status', 'wait'])).toBe(word);
  });

  it('is told by letters put in, taken out and changed', () => {
    expect([distance('', 'abc'), distance('kitten', 'sitting'), distance('a', 'a')]).toEqual([
      3, 3, 0,
    ]);
  });
});

describe('columns', () => {
  it('are as wide as their widest cell, and the last is not filled up', () => {
    expect(
      columns([
        ['a', 'on', 'x'],
        ['Büro', 'off', 'yy'],
      ]),
    ).toBe('a     on   x\nBüro  off  yy\n');
  });
});
