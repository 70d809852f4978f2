import { createElement, type FunctionComponent } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { beforeAll, describe, expect, it } from 'vitest';
import { NO_TRAFFIC, type AccountView, type Traffic } from '../../../electron/shared/app-snapshot';
import { aView, NOW, SESSION, STATES } from '../support/snapshots';

/** Loads a module of the windows. By a variable, since the compiler reads them under the windows' own settings only. */
async function load<T>(path: string): Promise<T> {
  return (await import(/* @vite-ignore */ `../../../renderer/${path}`)) as T;
}

let More: FunctionComponent<{ view: AccountView; now: number }>;

beforeAll(async () => {
  const words = await load<{ setUpWords: (system: string) => Promise<void> }>('i18n/setup');
  await words.setUpWords('en-GB');
  ({ More } = await load<{ More: typeof More }>('views/list/More'));
});

describe('what compression saved', () => {
  const drawn = (traffic: Partial<Traffic>): string => {
    const more = { session: SESSION, traffic: { ...NO_TRAFFIC, ...traffic } };
    const view = aView(STATES.ready, more);
    return renderToStaticMarkup(createElement(More, { view, now: NOW }));
  };

  it('is told where it saved something', () => {
    const html = drawn({ beforeCompression: 5_000_000, afterCompression: 2_000_000 });
    expect(html).toMatch(/<dt>Saved by compression<\/dt><dd>3 MB<\/dd>/);
  });

  it('is not spoken of where it did not, or cost more than it saved', () => {
    expect(drawn({ bytesDown: 5_000_000 })).not.toContain('Saved');
    expect(drawn({ beforeCompression: 10, afterCompression: 9_000 })).not.toContain('Saved');
  });
});
