import { describe, expect, it } from 'vitest';
import { sourceFiles } from '../support/source-files';

const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'none'; base-uri 'none'; form-action 'none'";

const pages = sourceFiles(['renderer'], ['.html']);
const code = sourceFiles(['renderer'], ['.ts', '.tsx']);

describe('the pages', () => {
  it.each(pages)('$path: a strict policy, and nothing inline', ({ text }) => {
    expect(text).toContain(`content="${POLICY}"`);
    expect(text).not.toMatch(/<style|\sstyle=|\son\w+=|javascript:/u);
    expect(text.match(/<script[^>]*>[^<]*<\/script>/gu)).toEqual([
      expect.stringMatching(/^<script type="module" src="\.\/\w+\.tsx"><\/script>$/u),
    ]);
  });

  it('are two', () => {
    expect(pages.map(({ path }) => path).sort()).toEqual([
      'renderer/index.html',
      'renderer/prompt.html',
    ]);
  });
});

describe('the code of the windows', () => {
  it('never makes markup or code out of text', () => {
    const risky =
      /dangerouslySetInnerHTML|innerHTML|outerHTML|insertAdjacentHTML|\beval\(|new Function/u;
    expect(code.filter(({ text }) => risky.test(text)).map(({ path }) => path)).toEqual([]);
  });

  it('touches the window in one file only', () => {
    const touching = code.filter(({ text }) =>
      /\bwindow\.\w/u.test(text.replace(/'window:[^']*'|`window:/gu, '')),
    );
    expect(touching.map(({ path }) => path)).toEqual(['renderer/bridge.ts']);
  });

  it('keeps every colour in the tokens', () => {
    const coloured = sourceFiles(['renderer'], ['.css']).filter(({ text }) =>
      /#[\da-f]{3,8}\b|\brgb|\bhsl|\boklch/iu.test(text),
    );
    expect(coloured.map(({ path }) => path)).toEqual(['renderer/styles/tokens.css']);
  });

  it('asks for tokens that are there', () => {
    const sheets = sourceFiles(['renderer'], ['.css']);
    const all = sheets.map(({ text }) => text).join('\n');
    const defined = new Set([...all.matchAll(/(--[\w-]+):/gu)].map(([, name]) => name));
    // React Aria sets these two on the elements it measures.
    const given = new Set(['--trigger-width', '--disclosure-panel-height']);
    const asked = [...all.matchAll(/var\((--[\w-]+)/gu)].map(([, name = '']) => name);
    expect(asked.filter((name) => !defined.has(name) && !given.has(name))).toEqual([]);
  });
});
