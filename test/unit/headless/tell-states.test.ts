import { beforeAll, describe, expect, it } from 'vitest';
import { newsOf, type ToldStates } from '../../../electron/headless/tell-states';
import type { Translate } from '../../../electron/shared/messages';
import { aSnapshot, aView, STATES } from '../support/snapshots';
import { englishWords } from '../support/words';

let t: Translate;
beforeAll(async () => {
  t = await englishWords();
});

/** What is told of a mailbox that goes through these states. */
function story(...states: (keyof typeof STATES)[]): readonly string[] {
  let told: ToldStates = new Map();
  return states.flatMap((state) => {
    const news = newsOf(aSnapshot([aView(STATES[state])]), told, t);
    told = news.told;
    return news.lines.map(({ level, text }) => `${level} ${text}`);
  });
}

describe('what is told of a mailbox where no window shows it', () => {
  it('is where it has come to rest, and not the way there', () => {
    expect(story('off', 'connecting', 'asking', 'on')).toEqual([
      'info University: On. Your mail program can fetch mail. Greeted 2 minutes ago.',
    ]);
  });

  it('is told once, however often it is tried', () => {
    const lines = story('on', 'retrying', 'connecting', 'retrying', 'connecting', 'retrying', 'on');
    expect(lines.map((line) => line.slice(0, 20))).toEqual([
      'info University: On.',
      'warn University: she',
      'info University: On.',
    ]);
  });

  it('is an error when it waits for a person, with what to do', () => {
    const [line = ''] = story('attention');
    expect(line).toMatch(/^error University: .+\. .+\.$/u);
  });

  it('is nothing for one that is off from the beginning', () => {
    expect(story('off', 'off')).toEqual([]);
    expect(story('ready', 'disconnecting', 'off')).toHaveLength(2);
  });
});
