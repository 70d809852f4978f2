import { describe, expect, it } from 'vitest';
import { engineSettings } from '../../../electron/core/engine-settings';

const LINUX = {
  platform: 'linux',
  home: '/home/me',
  userData: '/home/me/.config/Mailmole',
  pipes: (): readonly string[] => {
    throw new Error('there are no pipes here');
  },
} as const;

describe('engineSettings', () => {
  it('finds what OpenSSH uses, and writes known servers in our own folder only', () => {
    expect(engineSettings({ ...LINUX, env: { SSH_AUTH_SOCK: '/run/agent' } })).toEqual({
      knownHostsFiles: ['/home/me/.ssh/known_hosts', '/etc/ssh/ssh_known_hosts'],
      ownKnownHostsFile: '/home/me/.config/Mailmole/known_hosts',
      defaultKeyFiles: ['id_ed25519', 'id_ecdsa', 'id_rsa'].map((key) => `/home/me/.ssh/${key}`),
      agentSocket: '/run/agent',
    });
  });

  it.each([
    ['linux', {}, null],
    ['linux', { SSH_AUTH_SOCK: '' }, null],
    ['darwin', { SSH_AUTH_SOCK: '/private/agent' }, '/private/agent'],
    ['win32', {}, '\\\\.\\pipe\\openssh-ssh-agent'],
    ['win32', { SSH_AUTH_SOCK: '\\\\.\\pipe\\other' }, '\\\\.\\pipe\\other'],
  ] as const)('looks for the agent on %s with %j', (platform, env, agentSocket) => {
    const pipes = platform === 'win32' ? () => [] : LINUX.pipes;
    expect(engineSettings({ ...LINUX, platform, env, pipes }).agentSocket).toBe(agentSocket);
  });

  it.each([
    [['InitShutdown', 'openssh-ssh-agent', 'pageant.me.1a2b'], 'openssh-ssh-agent'],
    [['InitShutdown', 'pageant.me.1a2b'], 'pageant.me.1a2b'],
    [['InitShutdown', 'notpageant.me'], 'openssh-ssh-agent'],
  ])('finds OpenSSH’s agent or Pageant among the pipes %j', (names, found) => {
    const { agentSocket } = engineSettings({
      ...LINUX,
      platform: 'win32',
      env: {},
      pipes: () => names,
    });
    expect(agentSocket).toBe(`\\\\.\\pipe\\${found}`);
  });
});
