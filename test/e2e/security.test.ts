import { readFileSync, readlinkSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { IPC_NAMES } from '../../electron/shared/ipc-contract';
import { keepApps, type TestApp } from '../support/app';
import { sandboxObstacle, startAsNormalUser } from '../support/normal-user';
import { inPage } from '../support/pages';
import { until } from '../world/wait';

/** Where Electron runs the preload script, apart from the page's own world. */
const PRELOAD_WORLD = 999;

describe('a page that would break out', () => {
  const apps = keepApps();
  let app: TestApp;
  let page: Page;
  /** A server that nothing of ours has a reason to speak to. */
  let server: Server;
  let outside: string;
  const requests: string[] = [];

  beforeAll(async () => {
    server = createServer((request, response) => {
      requests.push(request.url ?? '');
      response.end('reached');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    outside = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    app = await apps.launch();
    page = (await app.main()).page;
    // What the policy refuses is told by events; what it lets pass is not.
    await inPage(
      page,
      `window.refused = []; document.addEventListener('securitypolicyviolation',
        ({ effectiveDirective }) => window.refused.push(effectiveDirective)); 0`,
    );
  });
  afterAll(async () => {
    await new Promise((resolve) => server.close(resolve));
  });

  /** Runs statements in the page and waits until the policy has refused something by this directive. */
  async function isRefusedBy(directive: string, statements: string): Promise<void> {
    await inPage(page, `window.refused.length = 0; (() => { ${statements} })()`);
    await until(`${directive} refuses: ${statements}`, () =>
      inPage<boolean>(page, `window.refused.includes('${directive}')`),
    );
  }

  it('finds nothing of Node and nothing of Electron', async () => {
    const names = ['require', 'process', 'module', 'Buffer', 'global', '__dirname', 'setImmediate'];
    const electron = ['electron', 'ipcRenderer', 'contextBridge'];
    const found = await inPage<string[]>(
      page,
      `${JSON.stringify([...names, ...electron])}.filter((name) => name in globalThis)`,
    );
    expect(found).toEqual([]);
  });

  it('finds a bridge with the verbs of the contract and nothing else, and cannot change it', async () => {
    const verbs = await inPage<string[]>(page, 'Object.keys(window.mailmole)');
    expect(verbs.sort()).toEqual([...IPC_NAMES, 'onPlace', 'onSnapshot', 'pathOfFile'].sort());
    const kinds = 'new Set(Object.values(window.mailmole).map((verb) => typeof verb))';
    expect(await inPage(page, `[...${kinds}]`)).toEqual(['function']);
    const changed = await inPage<boolean>(
      page,
      `(() => { const before = window.mailmole;
        try { window.mailmole = { getSnapshot: 1 }; } catch {}
        try { window.mailmole.getSnapshot = 1; } catch {}
        return window.mailmole !== before || typeof window.mailmole.getSnapshot !== 'function'; })()`,
    );
    expect(changed).toBe(false);
  });

  it('lives in another world than the preload script, whose names it cannot touch', async () => {
    await inPage(page, `window.pageWasHere = true; 0`);
    const fromPreload: unknown = await app.electron.evaluate(
      ({ BrowserWindow }, world): Promise<unknown> | undefined =>
        BrowserWindow.getAllWindows()[0]?.webContents.executeJavaScriptInIsolatedWorld(world, [
          { code: '[typeof pageWasHere, typeof mailmole]' },
        ]),
      PRELOAD_WORLD,
    );
    expect(fromPreload).toEqual(['undefined', 'undefined']);
  });

  it('runs no script that was written into it', async () => {
    const script = `const script = document.createElement('script');
      script.textContent = 'window.ran = true'; document.body.append(script);`;
    await isRefusedBy('script-src-elem', script);
    const handler = `const image = document.createElement('b');
      image.setAttribute('onclick', 'window.ran = true'); document.body.append(image); image.click();`;
    await isRefusedBy('script-src-attr', handler);
    expect(await inPage(page, 'window.ran')).toBeUndefined();
  });

  it('turns no text into code', async () => {
    // Later, since the tests' own way in is exempt from the policy.
    const tried = `new Promise((done) => setTimeout(() => {
      const results = [() => eval('1'), () => new Function('return 1')()].map((attempt) => {
        try { return attempt(); } catch (error) { return error.name; } });
      done(results); }))`;
    expect(await inPage(page, tried)).toEqual(['EvalError', 'EvalError']);
  });

  it('loads nothing from elsewhere and speaks to nobody', async () => {
    await isRefusedBy('script-src-elem', element('script', 'src'));
    await isRefusedBy('img-src', element('img', 'src'));
    await isRefusedBy('style-src-elem', element('link', 'href', "it.rel = 'stylesheet';"));
    await isRefusedBy('media-src', element('video', 'src'));
    await isRefusedBy('object-src', element('object', 'data'));
    await isRefusedBy('connect-src', `fetch('${outside}/fetch').catch(() => 0);`);
    await isRefusedBy('connect-src', `navigator.sendBeacon('${outside}/beacon');`);
    await isRefusedBy('connect-src', `try { new EventSource('${outside}/events'); } catch {}`);
    const socket = `try { new WebSocket('${outside.replace('http', 'ws')}/socket'); } catch {}`;
    await isRefusedBy('connect-src', socket);
    const blob = `new Blob(['importScripts("${outside}/worker")'])`;
    const worker = `try { new Worker(URL.createObjectURL(${blob})); } catch {}`;
    await isRefusedBy('worker-src', worker);
    expect(requests).toEqual([]);
  });

  /** Statements that put an element with an address from outside into the page. */
  function element(tag: string, attribute: string, more = ''): string {
    return `const it = document.createElement('${tag}'); ${more}
      it.${attribute} = '${outside}/${tag}'; document.body.append(it);`;
  }

  it('could not load it without the policy either: the session reaches our own files only', async () => {
    const failure = await app.electron.evaluate(async ({ BrowserWindow }, url) => {
      const session = BrowserWindow.getAllWindows()[0]?.webContents.session;
      const bare = new BrowserWindow({ show: false, webPreferences: session ? { session } : {} });
      try {
        await bare.loadURL(url);
        return 'it loaded';
      } catch (error) {
        return String(error);
      } finally {
        bare.destroy();
      }
    }, `${outside}/page`);
    expect(failure).toContain('ERR_BLOCKED_BY_CLIENT');
    expect(requests).toEqual([]);
  });

  it('goes nowhere, whichever way it tries', async () => {
    const here = page.url();
    const ways = [
      `location.href = '${outside}/href'`,
      `location.replace('${outside}/replace')`,
      `location.assign('data:text/html,<h1>data</h1>')`,
      `const link = document.createElement('a'); link.href = '${outside}/link';
       document.body.append(link); link.click()`,
      `const form = document.createElement('form'); form.action = '${outside}/form';
       document.body.append(form); form.submit()`,
      `const meta = document.createElement('meta'); meta.httpEquiv = 'refresh';
       meta.content = '0;url=${outside}/refresh'; document.head.append(meta)`,
      `history.pushState(null, '', '/index.html?pushed'); history.replaceState(null, '', '/index.html')`,
    ];
    for (const way of ways) await inPage(page, `(() => { ${way} })()`);
    await until('the attempts are noticed', () => app.log().includes('tried to lead elsewhere'));
    // An answered request means that whatever the attempts had started before it is over as well.
    await app.snapshot();
    expect(page.url()).toBe(here);
    expect(await inPage(page, 'typeof window.mailmole')).toBe('object');
    expect(requests).toEqual([]);
  });

  it('opens no window and no frame', async () => {
    const opened = `window.open('${outside}/open') === null && window.open('about:blank') === null`;
    expect(await inPage(page, opened)).toBe(true);
    await isRefusedBy('frame-src', element('iframe', 'src'));
    await isRefusedBy(
      'frame-src',
      `const frame = document.createElement('iframe');
      frame.src = 'data:text/html,x'; document.body.append(frame);`,
    );
    const bare = `(() => { const frame = document.createElement('iframe');
      document.body.append(frame); return typeof frame.contentWindow.mailmole; })()`;
    expect(await inPage(page, bare)).toBe('undefined');
    expect(app.electron.windows()).toHaveLength(1);
    expect(requests).toEqual([]);
  });

  it('is granted nothing', async () => {
    const asked = `Promise.all([
      Notification.requestPermission(),
      navigator.permissions.query({ name: 'geolocation' }).then(({ state }) => state),
      navigator.permissions.query({ name: 'camera' }).then(({ state }) => state),
      navigator.mediaDevices.getUserMedia({ audio: true }).then(() => 'granted', () => 'refused'),
      navigator.mediaDevices.getDisplayMedia({ video: true }).then(() => 'granted', () => 'refused'),
      navigator.clipboard.readText().then(() => 'granted', (e) => e.name),
      new Promise((done) => navigator.geolocation.getCurrentPosition(
        () => done('granted'), ({ code }) => done(code))),
    ])`;
    const PERMISSION_DENIED = 1;
    expect(await inPage(page, asked)).toEqual([
      'denied',
      'denied',
      'denied',
      'refused',
      'refused',
      'NotAllowedError',
      PERMISSION_DENIED,
    ]);
  });

  const LONG = 'x'.repeat(70_000);
  it.each([
    ['too few arguments', 'saveAccount', []],
    ['nothing in their place', 'saveAccount', [null, null]],
    ['half a mailbox', 'saveAccount', [null, { name: 'x' }]],
    ['an object as id', 'saveAccount', [{ toString: 'x' }, {}]],
    ['no id', 'removeAccount', []],
    ['an empty id', 'removeAccount', ['']],
    ['a list as id', 'removeAccount', [['a']]],
    ['too many arguments', 'removeAccount', ['a', 'b']],
    ['a word for yes', 'setWanted', ['a', 'true']],
    ['a number as id', 'setWanted', [1, true]],
    ['a number for yes', 'setAllWanted', [1]],
    ['an empty object', 'tryNow', [{}]],
    ['an empty fingerprint', 'acceptChangedKey', ['a', '']],
    ['a long fingerprint', 'acceptChangedKey', ['a', LONG]],
    ['a secret that is no text', 'answerPrompt', ['a', { kind: 'secret', secret: 1 }]],
    ['an answer with more in it', 'answerPrompt', ['a', { kind: 'trust', more: 1 }]],
    ['a long secret', 'answerPrompt', ['a', { kind: 'secret', secret: LONG }]],
    ['an argument where none belongs', 'addPractice', [1]],
    ['an unknown protocol', 'suggestForward', ['gopher', 'host', null]],
    ['port 0', 'changePort', ['a', 0, 1]],
    ['port 65536', 'changePort', ['a', 1, 65_536]],
    ['half a port', 'changePort', ['a', 1.5, 2]],
    ['null as id', 'copySettings', [null]],
    ['a number to copy', 'copyText', [1]],
    ['a book to copy', 'copyText', [LONG]],
    ['a long id', 'dismissNotice', [LONG]],
    ['a question to the snapshot', 'getSnapshot', ['more']],
  ] as const)('is answered "bad request" for %s in %s', async (_what, verb, args) => {
    const before = { ...(await app.snapshot()), at: 0 };
    const answer = await inPage(page, `window.mailmole.${verb}(...${JSON.stringify(args)})`);
    expect(answer).toMatchObject({ ok: false, error: { kind: 'bad-request' } });
    expect({ ...(await app.snapshot()), at: 0 }).toEqual(before);
    // What was sent is not repeated: it could have been a secret.
    expect(JSON.stringify(answer)).not.toContain('xxxx');
  });

  it('is answered as a stranger when it is not one of our windows, even with our bridge', async () => {
    const answers = await app.electron.evaluate(async ({ app: electronApp, BrowserWindow }) => {
      const session = BrowserWindow.getAllWindows()[0]?.webContents.session;
      const preload = `${electronApp.getAppPath()}/out/preload/preload.cjs`;
      const ask = async (url: string, ours: boolean): Promise<unknown> => {
        const window = new BrowserWindow({
          show: false,
          webPreferences: { preload, sandbox: true, ...(ours && session ? { session } : {}) },
        });
        try {
          await window.loadURL(url);
          return await window.webContents.executeJavaScript('mailmole.setAllWanted(true)');
        } finally {
          window.destroy();
        }
      };
      return [
        await ask('data:text/html,<h1>elsewhere</h1>', false),
        await ask('mailmole-ui://app/index.html', true),
      ];
    });
    const refused = { ok: false, error: { kind: 'stranger' } };
    expect(answers).toEqual([refused, refused]);
    expect(app.log()).toContain('was asked by a page that is not ours');
  });

  it('is served our own files only', async () => {
    const wanted = ['/../main/main.js', '/%2e%2e/main/main.js', '/..%2fmain%2fmain.js', '/no.js'];
    const statuses = await app.electron.evaluate(async ({ BrowserWindow }, paths) => {
      const session = BrowserWindow.getAllWindows()[0]?.webContents.session;
      if (session === undefined) return [];
      const answers = await Promise.all(
        paths.map((path) => session.fetch(`mailmole-ui://app${path}`)),
      );
      return answers.map(({ status }) => status);
    }, wanted);
    expect(statuses).toEqual([404, 404, 404, 404]);
  });
});

const obstacle = await sandboxObstacle();

describe('the page of a normal user', () => {
  const apps = keepApps();

  it.skipIf(obstacle !== null)('is locked up by the system itself', async () => {
    const start = await startAsNormalUser(apps.desktop().env);
    onTestFinished(() => start.remove());
    const app = await apps.launch(start.options);
    await app.addPractice();
    // Both kinds of windows are open then.
    await app.question('Is this the right server?');
    const metrics = await app.electron.evaluate(({ app: electronApp }) =>
      electronApp.getAppMetrics().map(({ type, pid }) => ({ type, pid })),
    );
    const renderers = metrics.filter(({ type }) => type === 'Tab');
    expect(renderers).toHaveLength(2);
    for (const { pid } of renderers) {
      const status = readFileSync(`/proc/${pid}/status`, 'utf8');
      expect(status).toMatch(new RegExp(`^Uid:\\s+${start.uid}\\s`, 'mu'));
      // Filtered system calls (2), and no way to become more than this.
      expect(status).toMatch(/^Seccomp:\s+2$/mu);
      expect(status).toMatch(/^NoNewPrivs:\s+1$/mu);
      for (const namespace of ['user', 'pid', 'net']) {
        const of = (process: number) => readlinkSync(`/proc/${process}/ns/${namespace}`);
        expect(of(pid)).not.toBe(of(app.pid));
      }
      expect(readFileSync(`/proc/${pid}/cmdline`, 'utf8')).not.toContain('--no-sandbox');
    }
  });
});
