import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { forkNode } from '../../../electron/headless/fork-node';
import { makeWorldFolder, type WorldFolder } from '../../world/world-folder';

/** Says what it is, and ends when the program that started it has heard. */
const SCRIPT = `
process.on('message', () => process.exit(0));
process.send({ collects: typeof globalThis.gc });
`;

describe('a program of ours in a process of its own', () => {
  let folder: WorldFolder;
  beforeEach(async () => {
    folder = await makeWorldFolder('fork-node');
  });
  afterEach(async () => {
    await folder.remove();
  });

  it('can collect its garbage', async () => {
    const script = await folder.write('script.cjs', SCRIPT);
    const child = forkNode(script, 'test', () => undefined);
    const ended = new Promise((resolve) => child.onExit(resolve));
    const said = await new Promise((resolve) => child.onMessage(resolve));
    child.post('heard');
    expect(said).toEqual({ collects: 'function' });
    expect(await ended).toBe('exit code 0');
  });
});
