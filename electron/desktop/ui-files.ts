import { extname, join, normalize, sep } from 'node:path';

/** The scheme our own pages are served under. `mailmole:` is left for links that other programs open. */
export const UI_SCHEME = 'mailmole-ui';
export const UI_ORIGIN = `${UI_SCHEME}://app`;

/** The pages there are, one for each kind of window. */
export type Page = 'index.html' | 'prompt.html';

/** Nothing but our own files, no inline script or style, no connection, no frame. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "object-src 'none'",
].join('; ');

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
};

/** A file to send and its headers. */
export interface UiFile {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Which file of `root` a request means; null for anything that is not one of ours. */
export function uiFileFor(url: string, root: string): UiFile | null {
  const prefix = `${UI_ORIGIN}/`;
  if (!url.startsWith(prefix)) return null;
  const asked = decode(url.slice(prefix.length).replace(/[?#].*$/u, ''));
  if (asked === null || asked.includes('\0')) return null;
  const path = normalize(join(root, asked));
  const type = TYPES[extname(path)];
  if (type === undefined || !path.startsWith(root + sep)) return null;
  return {
    path,
    headers: {
      'content-type': type,
      'content-security-policy': CONTENT_SECURITY_POLICY,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
    },
  };
}

function decode(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}
