import { createElement, type ComponentType, type FunctionComponent } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { AppSnapshot } from '../../../electron/shared/app-snapshot';
import { describeError, type Translate } from '../../../electron/shared/messages';
import { describeState } from '../../../electron/shared/state-words';
import type { PromptRequest } from '../../../electron/shared/prompt';
import { fakeBridge } from '../support/fake-bridge';
import {
  aPrompt,
  aSnapshot,
  aView,
  anAccount,
  ERRORS,
  FINGERPRINT,
  NOW,
  SESSION,
  STATES,
} from '../support/snapshots';
import { englishWords } from '../support/words';

/** Loads a module of the windows. By a variable, since the compiler reads them under the windows' own settings only. */
async function load<T>(path: string): Promise<T> {
  return (await import(/* @vite-ignore */ `../../../renderer/${path}`)) as T;
}

type Provider = FunctionComponent<{ value: unknown; children: unknown }>;

let t: Translate;
let draw: (view: ComponentType, snapshot: AppSnapshot | null) => string;
let App: ComponentType;
let PromptWindow: ComponentType;

beforeAll(async () => {
  vi.useFakeTimers({ now: NOW, toFake: ['Date'] });
  t = await englishWords();
  const { setUpWords } = await load<{ setUpWords: (system: string) => Promise<void> }>(
    'i18n/setup',
  );
  await setUpWords('en-GB');
  const { SnapshotContext } = await load<{ SnapshotContext: Provider }>('state/use-snapshot');
  const verbs = await load<{
    VerbsContext: Provider;
    createVerbs: (bridge: unknown, report: () => void) => unknown;
  }>('state/verbs');
  ({ App } = await load<{ App: ComponentType }>('views/App'));
  ({ PromptWindow } = await load<{ PromptWindow: ComponentType }>('views/prompt/PromptWindow'));
  draw = (view, snapshot) => {
    const store = { subscribe: () => () => undefined, get: () => snapshot };
    const value = verbs.createVerbs(fakeBridge(aSnapshot()).bridge, () => undefined);
    const inner = createElement(verbs.VerbsContext, { value, children: createElement(view) });
    return renderToStaticMarkup(createElement(SnapshotContext, { value: store, children: inner }));
  };
  // Reading all modules of the windows takes its time on a busy machine.
}, 60_000);

afterAll(() => {
  vi.useRealTimers();
});

describe('what is behind the door of the form', () => {
  it.each([
    ['oldServer', 'This is an old server', 'no longer safe'],
    ['sessionChannel', 'Get quicker answers from a far server', 'a command of its own'],
  ])('asks for %s and says what it means', async (field, label, hint) => {
    const { MoreSection } = await load<{ MoreSection: ComponentType<{ handle: unknown }> }>(
      'views/form/MoreSection',
    );
    const { formOf } = await load<{ formOf: (account: unknown) => object }>('state/form-state');
    const page = (more: object) => {
      const form = { ...formOf(anAccount()), sshPort: '2222', ...more };
      const handle = {
        form,
        set: vi.fn(),
        firstField: 'name',
        problems: [],
        problemOf: () => undefined,
      };
      return draw(() => createElement(MoreSection, { handle }), aSnapshot());
    };
    const words = textOf(page({}));
    expect(words).toContain(label);
    expect(words).toContain(hint);
    for (const ticked of [true, false])
      expect(page({ [field]: ticked }).match(/<input[^>]*checked/gu) ?? []).toHaveLength(
        ticked ? 1 : 0,
      );
    expect(textOf(page({ practice: true }))).not.toContain(label);
  });

  it('asks who encrypts beyond the tunnel, and shows what was chosen', async () => {
    const { MoreSection } = await load<{ MoreSection: ComponentType<{ handle: unknown }> }>(
      'views/form/MoreSection',
    );
    const { formOf } = await load<{ formOf: (account: unknown) => { forwards: object[] } }>(
      'state/form-state',
    );
    const page = (tls: string, practice = false) => {
      const form = formOf(anAccount());
      const forwards = form.forwards.map((forward) => ({ ...forward, tls }));
      const handle = {
        form: { ...form, forwards, practice },
        set: vi.fn(),
        firstField: 'forwards.0.tls',
        problems: [],
        problemOf: () => undefined,
      };
      return textOf(draw(() => createElement(MoreSection, { handle }), aSnapshot()));
    };
    expect(page('none')).toMatch(
      /Between the server and the mail server, for POP3\s.*As the mail/u,
    );
    expect(page('implicit')).toContain('TLS from the start');
    expect(page('starttls')).toContain('TLS after STARTTLS');
    expect(page('starttls', true)).not.toContain('Between the server and the mail server');
  });
});

/** What a person reads on the page. */
const textOf = (html: string): string =>
  html
    .replace(/<[^>]*>/gu, ' ')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#x27;', "'")
    .replaceAll('&amp;', '&');

describe('the main window', () => {
  it('is nothing but ground until the first snapshot', () => {
    expect(draw(App, null)).toBe('');
  });

  it('offers two ways to go when there is no mailbox', () => {
    const text = textOf(draw(App, aSnapshot()));
    expect(text).toContain('Add a mailbox');
    expect(text).toContain('Try it with a practice mailbox');
    expect(text).not.toContain('All off');
  });

  it.each(Object.entries(STATES))('says in words what is true: %s', (_, state) => {
    const view = aView(state, { session: SESSION });
    const html = draw(App, aSnapshot([view]));
    expect(textOf(html)).toContain(describeState(view, t, NOW).line);
    expect(textOf(html)).toContain('localhost:11110');
    expect(html).toContain('role="switch"');
  });

  it.each(Object.values(ERRORS))('has a card for $kind', (error) => {
    const html = draw(App, aSnapshot([aView({ kind: 'needs-attention', error })]));
    const { title, body, details } = describeError(error, t);
    const text = textOf(html);
    for (const words of [title, body, details]) expect(text).toContain(words);
    expect(html).not.toContain('<script');
  });

  it('offers to ask a mail server again that did not greet', () => {
    const html = draw(App, aSnapshot([aView(STATES.unproven)]));
    expect(textOf(html)).toContain('Try again');
    expect(textOf(html)).toContain('Change the mail server');
  });

  it('draws the part that nobody encrypts', () => {
    expect(textOf(draw(App, aSnapshot([aView(STATES.on)])))).toMatch(
      /This computer.*encrypted.*shell\.example\.org.*NOT encrypted.*mail\.example\.org/u,
    );
  });

  it('explains the practice mailbox, and gives its passphrase only while it is needed', () => {
    const account = anAccount({ practice: true, sshUser: 'mole' });
    const change = { practicePassphrase: 'tunnel-mouth' };
    const asking = textOf(draw(App, aSnapshot([aView(STATES.waiting, { account })], change)));
    expect(asking).toContain('tunnel-mouth');
    expect(asking).toContain('Five sample messages');
    const on = textOf(draw(App, aSnapshot([aView(STATES.on, { account })], change)));
    expect(on).not.toContain('tunnel-mouth');
  });

  it('shows what was removed, and news', () => {
    const notices = [{ id: 'n', messageKey: 'app:notice.no-tray', params: {} }];
    const text = textOf(
      draw(App, aSnapshot([], { undo: { accountId: 'x', name: 'Old' }, notices })),
    );
    expect(text).toContain('“Old” was removed.');
    expect(text).toContain(t('app:notice.no-tray'));
  });
});

describe('the prompt window', () => {
  const ask = (request: PromptRequest): string =>
    draw(PromptWindow, aSnapshot([], { prompts: [aPrompt(request)] }));

  it('is quiet when nothing is asked', () => {
    expect(textOf(draw(PromptWindow, aSnapshot())).trim()).toBe('Nothing to ask.');
  });

  it('shows a new host key in groups, with Trust as the second choice', () => {
    const request = {
      kind: 'host-key',
      host: 'shell.example.org',
      port: 2222,
      algorithm: 'ssh-ed25519',
      fingerprint: FINGERPRINT,
      otherKeyKnown: false,
      authorityKnown: false,
    } as const;
    const html = ask(request);
    expect(textOf(html)).not.toContain('certificates');
    expect(textOf(ask({ ...request, authorityKnown: true }))).toContain('certificates');
    expect(textOf(html).replace(/\s/gu, '')).toContain(FINGERPRINT.replace('SHA256:', ''));
    expect(textOf(html)).toContain('port 2222');
    expect(html).not.toContain('type="submit"');
  });

  it('hides what is typed, counts the tries, and holds no value', () => {
    const html = ask({ kind: 'passphrase', keyPath: '/k', wrongBefore: true, triesLeft: 1 });
    expect(html).toMatch(/<input[^>]*type="password"/u);
    expect(html).not.toMatch(/<input[^>]*\svalue=/u);
    expect(textOf(html)).toContain('That was not it. 1 try left.');
  });

  it('shows a server’s words as text, and heeds its wish to show what is typed', () => {
    const html = ask({
      kind: 'code',
      user: 'msingh',
      host: 'shell.example.org',
      title: '<img src=x>',
      instruction: '<b>bold</b>',
      questions: [
        { text: 'Password: ', echo: false },
        { text: '<i>Code</i>', echo: true },
      ],
    });
    expect(html).not.toMatch(/<img|<b>|<i>/u);
    expect(textOf(html)).toContain('<b>bold</b>');
    expect([...html.matchAll(/<input[^>]*type="(\w+)"/gu)].map(([, type]) => type)).toEqual([
      'password',
      'text',
    ]);
  });
});
