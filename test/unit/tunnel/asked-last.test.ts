import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { makeWorldFolder, type WorldFolder } from '../../world/world-folder';
import { ask, dial, startAuthServer } from './auth-server';
import { personWho } from './stand-ins';

let folder: WorldFolder;
beforeAll(async () => {
  folder = await makeWorldFolder('asked-last');
});
afterAll(() => folder.remove());

describe('a server that asks by questions of its own, and refuses the answers', () => {
  it.each<[string, readonly string[], string]>([
    ['a password', ['Password: '], 'password'],
    ['a code', ['Code: '], 'keyboard-interactive'],
    ['a code after a password', ['Password: ', 'Code: '], 'keyboard-interactive'],
    ['a password after a code', ['Code: ', 'Password: '], 'password'],
    ['two passwords', ['Password: ', 'Password: '], 'password'],
  ])('is told to have refused what it asked last: %s', async (_what, questions, last) => {
    const server = await startAuthServer({
      ways: [['keyboard-interactive']],
      interactive: async (context) => {
        for (const question of questions) await ask(context, question);
        return false;
      },
    });
    onTestFinished(() => server.stop());
    const knownHosts = [await folder.write('known_hosts', server.hostLine)];
    const { person } = personWho((request) =>
      request.kind === 'code'
        ? { kind: 'answers', answers: ['1'] }
        : { kind: 'secret', secret: 'wrong' },
    );
    const steps = [{ kind: 'keyboard-interactive' }] as const;
    const isLast = (tried: readonly string[]) => tried.length > 0 && tried.every((t) => t === last);
    await expect(dial({ port: server.port, person, steps, knownHosts })).rejects.toMatchObject({
      error: { kind: 'sign-in-refused', tried: expect.toSatisfy(isLast) as unknown },
    });
  });
});
