import { describe, expect, it } from 'vitest';
import { UI_ORIGIN, uiFileFor } from '../../../electron/desktop/ui-files';

const ROOT = '/opt/Mailmole/resources/app.asar/out/renderer';

describe('the pages’ own scheme', () => {
  it.each([
    ['/index.html', 'index.html', 'text/html; charset=utf-8'],
    ['/prompt.html?x=1#y', 'prompt.html', 'text/html; charset=utf-8'],
    ['/assets/index-a1.js', 'assets/index-a1.js', 'text/javascript; charset=utf-8'],
    ['/assets/index-a1.css', 'assets/index-a1.css', 'text/css; charset=utf-8'],
    ['/assets/mark.svg', 'assets/mark.svg', 'image/svg+xml'],
  ])('serves %s', (path, file, type) => {
    const served = uiFileFor(`${UI_ORIGIN}${path}`, ROOT);
    expect(served?.path).toBe(`${ROOT}/${file}`);
    expect(served?.headers['content-type']).toBe(type);
  });

  it.each([
    ['a folder', `${UI_ORIGIN}/`],
    ['another host', 'mailmole-ui://other/index.html'],
    ['a host that begins like ours', 'mailmole-ui://app.evil/index.html'],
    ['another scheme', 'https://app/index.html'],
    ['a file of the system', 'file:///etc/passwd.html'],
    ['the way up', `${UI_ORIGIN}/../main/main.js`],
    ['the way up in code', `${UI_ORIGIN}/%2e%2e/main/main.js`],
    ['the way up with coded slashes', `${UI_ORIGIN}/..%2f..%2fpackage.js`],
    ['a sibling that begins like ours', `${UI_ORIGIN}/../renderer-old/x.js`],
    ['a kind of file there is none of', `${UI_ORIGIN}/secret.json`],
    ['a broken code', `${UI_ORIGIN}/%zz.html`],
    ['a null byte', `${UI_ORIGIN}/index.html%00.png`],
  ])('does not serve %s', (_what, url) => {
    expect(uiFileFor(url, ROOT)).toBeNull();
  });

  it('allows a page nothing but our own files', () => {
    const policy = uiFileFor(`${UI_ORIGIN}/index.html`, ROOT)?.headers['content-security-policy'];
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("connect-src 'none'");
    expect(policy).not.toMatch(/unsafe|\*|https?:/u);
  });
});
