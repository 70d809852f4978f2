import { readFile } from 'node:fs/promises';
import type { Session } from 'electron';
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
  ui.protocol.handle(UI_SCHEME, async (request) => {
    const file = uiFileFor(request.url, root);
    if (file === null) return new Response(null, { status: 404 });
    try {
      return new Response(new Uint8Array(await readFile(file.path)), { headers: file.headers });
    } catch (error) {
      log('error', `A page could not be read: ${textOfThrown(error)}`);
      return new Response(null, { status: 404 });
    }
  });
  ui.setPermissionRequestHandler((_contents, _permission, decide) => decide(false));
  ui.setPermissionCheckHandler(() => false);
  ui.setDevicePermissionHandler(() => false);
  ui.on('will-download', (event) => event.preventDefault());
  ui.webRequest.onBeforeRequest((details, decide) => decide({ cancel: !mayLoad(details.url) }));
  return ui;
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
