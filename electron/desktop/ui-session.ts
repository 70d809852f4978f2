import { readFile } from 'node:fs/promises';
import type { ProtocolResponse, Session } from 'electron';
import { app, protocol, session } from 'electron';
import type { Log } from '../tunnel/ports';
import { UI_ORIGIN, UI_SCHEME, uiFileFor } from './ui-files';
import { textOfThrown } from '../shared/thrown';

/** Must run before the application is ready: makes our scheme an origin of its own, as `https:` is. */
export function registerUiScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: UI_SCHEME, privileges: { standard: true, secure: true } },
  ]);
}

/**
 * The session of all our windows: kept in memory only, serves the pages in `root`, reaches nothing else, grants
 * nothing, downloads nothing. Serving through a scheme of our own lets the packaged application do without the
 * privileges of `file:`.
 */
export function openUiSession(root: string, log: Log): Session {
  const ui = session.fromPartition('mailmole-ui');
  // Of protocol.handle Node's fetch is a part, and loading that takes longer than all our pages. What to do without
  // it, once this is gone: protocol.registerSource, which cannot send our headers yet.
  // eslint-disable-next-line @typescript-eslint/no-deprecated
  ui.protocol.registerBufferProtocol(UI_SCHEME, (request, respond) => {
    void pageFor(request.url, root, log).then(respond);
  });
  ui.setPermissionRequestHandler((_contents, _permission, decide) => decide(false));
  ui.setPermissionCheckHandler(() => false);
  ui.setDevicePermissionHandler(() => false);
  ui.on('will-download', (event) => event.preventDefault());
  ui.webRequest.onBeforeRequest((details, decide) => decide({ cancel: !mayLoad(details.url) }));
  return ui;
}

/** Answers a request for one of our files; never rejects. */
async function pageFor(url: string, root: string, log: Log): Promise<ProtocolResponse> {
  const none = { statusCode: 404, data: Buffer.alloc(0) };
  const file = uiFileFor(url, root);
  if (file === null) return none;
  try {
    return { data: await readFile(file.path), headers: { ...file.headers } };
  } catch (error) {
    log('error', `A page could not be read: ${textOfThrown(error)}`);
    return none;
  }
}

/** Our own files, and the developer tools' own pages while the application is not packaged. */
function mayLoad(url: string): boolean {
  return url.startsWith(`${UI_ORIGIN}/`) || (!app.isPackaged && url.startsWith('devtools:'));
}

/** Whatever is ever shown stays where it is: no navigation, no new window, no page within a page. */
export function confineContents(log: Log): void {
  app.on('web-contents-created', (_created, contents) => {
    const refuse = (event: { preventDefault(): void }): void => {
      event.preventDefault();
      log('warn', 'A page tried to lead elsewhere; it was kept.');
    };
    contents.on('will-navigate', refuse);
    contents.on('will-frame-navigate', refuse);
    contents.on('will-redirect', refuse);
    contents.on('will-attach-webview', refuse);
    contents.setWindowOpenHandler(() => ({ action: 'deny' }));
  });
}
