import { beforeAll, describe, expect, it } from 'vitest';
import { cliWords } from '../../../electron/control/cli-words';
import type { Translate } from '../../../electron/shared/messages';
import { englishWords, keysOf } from '../support/words';

describe("the command's own words", () => {
  let t: Translate;
  beforeAll(async () => (t = await englishWords()));

  it.each(keysOf('cli'))('are those of the catalogue: %s', (key) => {
    const holes = [...t(key).matchAll(/\{\{(\w+)\}\}/gu)].map(([, name = '']) => name);
    const params = Object.fromEntries(holes.map((name) => [name, `<${name}>`]));
    expect(cliWords(key, params)).toBe(t(key, params));
    expect(cliWords(key, params)).not.toMatch(/\{\{|\$t\(/u);
  });

  it('are no more than the key where there are none', () => {
    expect(cliWords('cli:help')).toBe('cli:help');
    expect(cliWords('cli:no.such.key')).toBe('cli:no.such.key');
    expect(cliWords('app:notice.not-done')).toBe('app:notice.not-done');
  });

  it('show a hole that nothing fills, and fill in what looks like a hole as it is', () => {
    expect(cliWords('cli:added')).toBe('Added {{name}}.');
    expect(cliWords('cli:added', { name: '$& {{name}}' })).toBe('Added $& {{name}}.');
  });
});
