import { createElement, type FunctionComponent } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { beforeAll, describe, expect, it } from 'vitest';
import { NO_TOTALS, noActivity, type DayTotals } from '../../../electron/shared/activity';
import type { AccountView } from '../../../electron/shared/app-snapshot';
import { aView, anAccount, NOW, STATES } from '../support/snapshots';

/** Loads a module of the windows. By a variable, since the compiler reads them under the windows' own settings only. */
async function load<T>(path: string): Promise<T> {
  return (await import(/* @vite-ignore */ `../../../renderer/${path}`)) as T;
}

let Today: FunctionComponent<{ view: AccountView; now: number }>;

beforeAll(async () => {
  const words = await load<{ setUpWords: (system: string) => Promise<void> }>('i18n/setup');
  await words.setUpWords('en-GB');
  ({ Today } = await load<{ Today: typeof Today }>('views/list/Today'));
});

describe('what was carried today', () => {
  const drawn = (change: Partial<DayTotals>, compression: boolean, now = NOW): string => {
    const totals = { ...NO_TOTALS, ...change };
    const activity = { ...noActivity(NOW), totals };
    const view = aView(STATES.ready, { activity, account: anAccount({ compression }) });
    return renderToStaticMarkup(createElement(Today, { view, now }));
  };
  const COUNTED = { checks: 2, connections: 12, bytesDown: 4_200_000, bytesUp: 900 };

  it('is told in numbers with units', () => {
    const html = drawn(COUNTED, false);
    expect(html).toMatch(/<dt>Checks passed<\/dt><dd>2<\/dd>/);
    expect(html).toMatch(/<dt>Connections<\/dt><dd>12<\/dd>/);
    expect(html).toMatch(/<dt>Fetched<\/dt><dd>4.2 MB<\/dd>/);
    expect(html).toMatch(/<dt>Sent<\/dt><dd>900 bytes<\/dd>/);
  });

  it('is nothing any more on the day after', () => {
    const html = drawn(COUNTED, false, NOW + 24 * 3_600_000);
    expect(html).toMatch(/<h3[^>]*>Today<\/h3>/);
    expect(html).toMatch(/<dt>Fetched<\/dt><dd>0 bytes<\/dd>/);
  });

  it('tells what compression saved, where the mailbox has it', () => {
    expect(drawn({ saved: 3_000_000 }, true)).toMatch(
      /<dt>Saved by compression<\/dt><dd>3 MB<\/dd>/,
    );
    expect(drawn({ saved: -8000 }, true)).toMatch(/<dd>nothing yet<\/dd>/);
    expect(drawn({ saved: 3_000_000 }, false)).not.toContain('Saved');
  });
});
