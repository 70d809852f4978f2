import { beforeAll, describe, expect, it } from 'vitest';
import type { Account, Route } from '../../../electron/shared/account';
import type { Translate } from '../../../electron/shared/messages';
import type { TunnelState } from '../../../electron/shared/tunnel-state';
import {
  CHECK_STAGES,
  stageOfError,
  stagesOf,
  stageSpoken,
} from '../../../renderer/state/check-stages';
import { createDrafts } from '../../../renderer/state/drafts';
import {
  draftOf,
  emptyForm,
  formOf,
  shownFields,
  usualForward,
  withServer,
} from '../../../renderer/state/form-state';
import { keptOf } from '../../../renderer/state/kept-shape';
import { routeFields, routeOf, typedRoute, withKind } from '../../../renderer/state/route-state';
import {
  FIRST_PAGE,
  isAside,
  pageBefore,
  pageOfField,
  resumed,
  signInChoice,
  withSignIn,
} from '../../../renderer/state/wizard-state';
import { aView, anAccount, DRAFT, ERRORS, SESSION, STATES } from '../support/snapshots';
import { englishWords } from '../support/words';

const JUMP: Route = {
  kind: 'jump',
  host: 'gate.example.org',
  port: 2222,
  user: 'me',
  signIn: { kind: 'agent', socket: null, key: 'SHA256:x' },
  route: { kind: 'socks5', host: 'proxy.example.org', port: 1080, user: null },
};

let t: Translate;
beforeAll(async () => {
  t = await englishWords();
});

const marks = (state: TunnelState): string =>
  stagesOf(aView(state), t)
    .map(({ status }) => status)
    .join(' ');

describe('the check', () => {
  it.each<[string, TunnelState, string]>([
    ['off', STATES.off, 'waiting waiting waiting waiting waiting'],
    ['offline', STATES.offline, 'working waiting waiting waiting waiting'],
    [
      'reaching the server',
      { ...STATES.connecting, phase: 'reaching-server' },
      'done working waiting waiting waiting',
    ],
    [
      'asked about the server',
      { ...STATES.waiting, phase: 'verifying-host' },
      'done done asking waiting waiting',
    ],
    ['signing in', STATES.connecting, 'done done done working waiting'],
    ['asking the mail server', STATES.asking, 'done done done done working'],
    ['proven', STATES.on, 'done done done done done'],
    ['not greeted', STATES.unproven, 'done done done done failed'],
    ['refused', STATES.attention, 'done done done failed waiting'],
    ['no server there', STATES.retrying, 'done failed waiting waiting waiting'],
    [
      'hung up after it was proven',
      { kind: 'ready', since: 0, last: STATES.on.proof.greeting },
      'done done done done done',
    ],
  ])('%s', (_, state, expected) => {
    expect(marks(state)).toBe(expected);
  });

  it.each(Object.values(ERRORS))('stops somewhere, in words, at $kind', (error) => {
    const stages = stagesOf(aView({ kind: 'needs-attention', error }), t);
    const stopped = stages.find(({ status }) => status === 'failed');
    expect(stopped?.stage).toBe(stageOfError(error));
    expect(CHECK_STAGES).toContain(stopped?.stage);
    expect(stopped?.result).not.toMatch(/^(?:errors|wizard):|^$/u);
  });

  it('says in words what came of each part', () => {
    const results = stagesOf(aView(STATES.on, { session: SESSION }), t).map(({ result }) => result);
    expect(results).toEqual([
      'The network is there, and port 11110 waits for your mail program.',
      'shell.example.org answers.',
      'It is the server that you trust.',
      'Signed in as msingh.',
      'mail.example.org greets:',
    ]);
  });

  it('tells a screen reader the last thing that is known', () => {
    expect(stageSpoken(stagesOf(aView(STATES.connecting), t), t)).toBe(
      'Your sign-in: Signing in as msingh…',
    );
    expect(stageSpoken(stagesOf(aView(STATES.off), t), t)).toBe('');
  });
});

describe('the pages', () => {
  it('know where a field is mended', () => {
    expect(pageOfField('signIn.path')).toBe('sign-in');
    expect(pageOfField('forwards.0.localPort')).toBe('server');
    expect(isAside('name')).toBe(true);
    expect(isAside('sshHost')).toBe(false);
    expect(isAside('signIn')).toBe(false);
  });

  it('lead back to the first', () => {
    expect(pageBefore('program')).toBe('check');
    expect(pageBefore('server')).toBeNull();
  });

  it('put a key that was made where a key file belongs', () => {
    const form = formOf(anAccount());
    const key = { path: '/home/me/.ssh/id_mailmole', publicKey: 'ssh-ed25519 A', fingerprint: '' };
    expect(withSignIn(form, 'make-key', key)).toMatchObject({
      signIn: 'key-file',
      keyPath: key.path,
    });
    expect(withSignIn(form, 'password', key).signIn).toBe('password');
    expect(signInChoice(form, { ...FIRST_PAGE, wantsKey: true })).toBe('make-key');
    expect(signInChoice(form, FIRST_PAGE)).toBe('automatic');
  });

  it('begin anew with what was typed when the mailbox was removed meanwhile', () => {
    const state = { ...FIRST_PAGE, page: 'check', id: 'university' } as const;
    expect(resumed(state, [anAccount()])).toBe(state);
    expect(resumed(state, [])).toMatchObject({ id: null, page: 'sign-in' });
    expect(resumed(FIRST_PAGE, [])).toBe(FIRST_PAGE);
  });
});

describe('the name that a server suggests', () => {
  it.each([
    ['shell.example.org', 'shell.example.org'],
    ['me@shell.example.org:2222', 'shell.example.org'],
    ['https://mail.example.org/', 'mail.example.org'],
    ['two words', ''],
    ['bücher.example', 'bücher.example'],
    ['-x', ''],
  ])('%j: %j', (typed, name) => {
    expect(withServer({ ...formOf(anAccount()), name: '', sshHost: '' }, typed).name).toBe(name);
  });
});

describe('what was typed', () => {
  const kept = { form: formOf(anAccount()), wizard: FIRST_PAGE, isOpen: true };

  it('comes back from where the main process keeps it', () => {
    const sent = new Map<string, string | null>();
    const before = createDrafts({}, (place, text) => sent.set(place, text));
    expect(before.open()).toBeNull();
    before.put(null, kept);
    before.put('a', { ...kept, isOpen: false });
    const texts = Object.fromEntries([...sent].map(([place, text]) => [place, text ?? '']));
    const after = createDrafts(texts, () => undefined);
    expect(after.get(null)).toEqual(kept);
    expect(after.open()).toEqual({ id: null, kept });
    expect(after.get('b')).toBeUndefined();
  });

  const blank = emptyForm(usualForward('pop3', 'id'));

  it.each([
    ['a form', { form: formOf(anAccount()), wizard: null, isOpen: false }],
    ['a page of setting up', kept],
    [
      'a server behind others, and a key that was made',
      {
        form: { ...formOf(anAccount()), route: typedRoute(JUMP) },
        wizard: {
          ...{ page: 'sign-in', id: 'a', wantsKey: true, isInstalled: false },
          key: { path: '/k', publicKey: 'ssh-ed25519 A', fingerprint: 'SHA256:x' },
        },
        isOpen: true,
      },
    ],
  ])('is read back as it was: %s', (_what, typed) => {
    expect(keptOf(JSON.stringify(typed), blank)).toEqual(typed);
  });

  it('loses only what another version wrote otherwise', () => {
    const { form } = kept;
    const other = {
      ...form,
      ...{ name: undefined, mode: 'sometimes', route: { kind: 'jump', host: 'a' }, forwards: [{}] },
    };
    const text = JSON.stringify({ form: other, wizard: { page: 'fifth' }, isOpen: 'yes' });
    expect(keptOf(text, blank)).toEqual({
      form: {
        ...form,
        ...{ name: '', mode: blank.mode, route: blank.route, forwards: blank.forwards },
      },
      wizard: FIRST_PAGE,
      isOpen: false,
    });
  });

  it.each(['', 'null', '[]', '{}', '{"form":1}', '{"form":'])('is nothing where %s is', (text) => {
    expect(keptOf(text, blank)).toBeNull();
    expect(createDrafts({ new: text }, () => undefined).get(null)).toBeUndefined();
  });

  it('is forgotten once, and only if it was there', () => {
    const sent: unknown[] = [];
    const drafts = createDrafts({}, (...args) => sent.push(args));
    drafts.put(null, null);
    drafts.put(null, kept);
    drafts.put(null, null);
    expect(sent).toEqual([
      ['new', JSON.stringify(kept)],
      ['new', null],
    ]);
  });
});

describe('the way to a server', () => {
  it.each<Route>([
    { kind: 'direct' },
    { kind: 'http', host: 'proxy', port: 8080, user: 'me' },
    JUMP,
    { ...JUMP, signIn: { kind: 'key-file', path: '/k' }, route: JUMP },
  ])('comes back as it was: $kind', (route) => {
    expect(routeOf(typedRoute(route))).toEqual(route);
    const account: Account = { ...anAccount(), route };
    expect(draftOf(formOf(account))).toEqual({ ...DRAFT, route });
  });

  it('has a path for each of its fields', () => {
    const fields = routeFields(typedRoute(JUMP), 'route');
    expect(fields).toContain('route.signIn.key');
    expect(fields).toContain('route.route.host');
    expect(shownFields(formOf({ ...anAccount(), route: JUMP })).has('route.route.port')).toBe(true);
  });

  it('takes what was typed along to another kind', () => {
    const jump = withKind({ kind: 'socks5', host: 'h', port: '1', user: 'u' }, 'jump');
    expect(jump).toMatchObject({ kind: 'jump', host: 'h', port: '22', user: 'u' });
    expect(withKind(jump, 'direct')).toEqual({ kind: 'direct' });
    expect(withKind({ kind: 'direct' }, 'http')).toMatchObject({ host: '', port: '8080' });
  });

  it('sends what is no number as none, to be complained about', () => {
    const typed = { kind: 'http', host: 'h', port: 'x', user: '' } as const;
    expect(routeOf(typed)).toEqual({ kind: 'http', host: 'h', port: Number.NaN, user: null });
  });
});
