import { expect } from 'vitest';
import type { AccountDraft } from '../../electron/shared/account';
import { describeAction, describeError, type Translate } from '../../electron/shared/messages';
import { errorOf } from '../../electron/shared/state-words';
import type { TunnelError, TunnelErrorKind } from '../../electron/shared/tunnel-error';
import type { TunnelState } from '../../electron/shared/tunnel-state';
import { DRAFT, FORWARD } from '../unit/support/snapshots.ts';
import { until } from '../world/wait.ts';
import { freePort } from '../world/world-folder.ts';
import type { TestApp } from './app.ts';
import type { MailWorld } from './mail-world.ts';
import { inPage, type MainWindow } from './pages.ts';

/** What differs from a mailbox that works. */
export type Change = Partial<AccountDraft>;

/** The forward of a mailbox, changed. */
export const through = (change: Partial<typeof FORWARD>): Change => ({
  forwards: [{ ...FORWARD, ...change }],
});

/** Adds a mailbox as the form does when it is saved: one that is always on, and works but for the change. */
export async function addMailbox(
  { page }: MainWindow,
  { sshd, dovecot }: Pick<MailWorld, 'sshd' | 'dovecot'>,
  name: string,
  change: Change,
): Promise<void> {
  const works = through({ mailHost: '127.0.0.1', mailPort: dovecot.ports.pop3 });
  const forwards = (change.forwards ?? works.forwards ?? []).map(async (forward) => ({
    ...forward,
    id: name,
    // One that is not the usual is meant.
    localPort:
      forward.localPort === FORWARD.localPort ? await freePort('127.0.0.1') : forward.localPort,
  }));
  const draft: AccountDraft = {
    ...DRAFT,
    ...{ name, sshHost: sshd.host, sshPort: sshd.port, sshUser: sshd.user, mode: 'always-on' },
    ...change,
    forwards: await Promise.all(forwards),
  };
  const saving = `window.mailmole.saveAccount(null, ${JSON.stringify(draft)})`;
  expect(await inPage(page, saving)).toMatchObject({ ok: true, value: { ok: true } });
}

/** Waits until a mailbox has just this trouble, as the main process says. */
export function troubleOf(app: TestApp, name: string, kind: TunnelErrorKind): Promise<TunnelError> {
  return until(
    `${name} has the trouble ${kind}`,
    async () => {
      const error = errorOf((await stateOf(app, name)) ?? { kind: 'off' });
      return error?.kind === kind ? error : null;
    },
    { timeoutMs: 40_000, detail: () => app.log().slice(-500) },
  );
}

/** What is true of a mailbox, as the main process says. */
export async function stateOf(app: TestApp, name: string): Promise<TunnelState | undefined> {
  const { accounts } = await app.snapshot();
  return accounts.find(({ account }) => account.name === name)?.state;
}

/** What stands in a card this very moment; it is text, since the tests are not compiled with the types of a page. */
const READ_CARD = `(name) => {
  const title = [...document.querySelectorAll('.row__name')].find((each) => each.textContent === name);
  const article = title.closest('article');
  const texts = (selector) =>
    [...article.querySelectorAll('.error-card ' + selector)].map((each) => each.textContent.trim());
  return {
    title: texts('.error-card__title')[0],
    body: texts('.error-card__body')[0],
    buttons: texts('.error-card__actions button'),
  };
}`;

/** Waits until the card of a mailbox says this error in its words, with each of its buttons, and its raw text on demand. */
export async function expectCard(
  app: TestApp,
  name: string,
  error: TunnelError,
  t: Translate,
): Promise<void> {
  const main = await app.main();
  const { page } = main;
  const row = main.mailbox(name);
  const { title, body, actions } = describeError(error, t);
  let shown: unknown = null;
  const isRight = async (): Promise<boolean> => {
    const state = await stateOf(app, name);
    const isWaiting = state?.kind === 'retrying' || state?.kind === 'connecting';
    const buttons = actions.map((action) =>
      action === 'try-again' && isWaiting
        ? t('window:row.try-now')
        : describeAction(action, error, t),
    );
    shown = await inPage(page, `(${READ_CARD})(${JSON.stringify(name)})`);
    return JSON.stringify(shown) === JSON.stringify({ title, body, buttons });
  };
  await until(`the card of ${name} is as it should be`, isRight, {
    detail: () => JSON.stringify(shown),
  });
  const raw = row.root.locator('.error-card .raw__text').filter({ hasText: error.kind });
  await until(`the details of ${name} are shown`, async () => {
    const details = row.root.getByRole('button', { name: 'Details', expanded: false });
    await details.click({ timeout: 1_000 }).catch(() => undefined);
    return raw.isVisible();
  });
}
