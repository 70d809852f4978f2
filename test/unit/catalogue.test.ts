import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { resources } from '../../electron/shared/i18n/catalogue';
import { sourceFiles, type SourceFile } from './support/source-files';
import { keysOf } from './support/words';

type Namespace = keyof typeof resources.en;
const NAMESPACES = Object.keys(resources.en) as Namespace[];
const KEY = new RegExp(`^(?:${NAMESPACES.join('|')}):[\\w.-]`, 'u');

/** i18next picks one of these by the number given as `count`. */
const PLURAL = /_(?:zero|one|two|few|many|other)$/u;
const KEYS = [...new Set(NAMESPACES.flatMap(keysOf).map((key) => key.replace(PLURAL, '')))];

const files = sourceFiles(['electron', 'renderer'], ['.ts', '.tsx']);

function parse({ path, text }: SourceFile): ts.SourceFile {
  const kind = path.endsWith('x') ? ts.ScriptKind.TSX : ts.ScriptKind.TS;
  return ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true, kind);
}

function walk(node: ts.Node, visit: (node: ts.Node) => void): void {
  visit(node);
  ts.forEachChild(node, (child) => walk(child, visit));
}

interface Use {
  readonly where: string;
  readonly key: string;
  /** What keys this use can mean: itself, or those that a template's holes can be filled in to. */
  readonly pattern: RegExp;
}

const escape = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/gu, '\\$&');

/** Every key of the catalogue that stands in the code, plain or as a template. */
function usesIn(file: SourceFile): readonly Use[] {
  const uses: Use[] = [];
  walk(parse(file), (node) => {
    if (ts.isStringLiteralLike(node) && KEY.test(node.text)) {
      const pattern = new RegExp(`^${escape(node.text)}$`, 'u');
      uses.push({ where: file.path, key: node.text, pattern });
    }
    if (ts.isTemplateExpression(node) && KEY.test(`${node.head.text}x`)) {
      const parts = [node.head, ...node.templateSpans.map((span) => span.literal)];
      const pattern = new RegExp(
        `^${parts.map(({ text }) => escape(text)).join('[\\w.-]+')}$`,
        'u',
      );
      uses.push({ where: file.path, key: node.getText(), pattern });
    }
  });
  return uses;
}

describe('the catalogue', () => {
  const uses = files.flatMap(usesIn);

  it('has every key that the code asks for', () => {
    const missing = uses.filter(({ pattern }) => !KEYS.some((key) => pattern.test(key)));
    expect(missing.map(({ where, key }) => `${where}: ${key}`)).toEqual([]);
  });

  it('has no key that nothing asks for', () => {
    expect(KEYS.filter((key) => !uses.some(({ pattern }) => pattern.test(key)))).toEqual([]);
  });

  it('has no empty text, no hole without a name, and no straight quotation marks', () => {
    const texts = NAMESPACES.flatMap((namespace) => {
      const found: string[] = [];
      JSON.stringify(resources.en[namespace], (_, value: unknown) => {
        if (typeof value === 'string') found.push(value);
        return value;
      });
      return found;
    });
    expect(texts.filter((text) => text.trim() !== text || text === '')).toEqual([]);
    expect(texts.filter((text) => /\{\{\s*\}\}|["']|\.\.\./u.test(text))).toEqual([]);
  });
});

/** Attributes that a person sees or hears. */
const SPOKEN =
  /^(?:aria-(?:label|description|roledescription|valuetext)|label|title|hint|summary|placeholder|alt|name|send|aside|problem|dismissLabel)$/u;

const LETTERS = /\p{L}/u;

/** Does this stand between the tags of an element, and not in an attribute or a call? */
function isShown(node: ts.Node): boolean {
  const { parent } = node;
  if (ts.isJsxExpression(parent)) return !ts.isJsxAttribute(parent.parent);
  return ts.isConditionalExpression(parent) && parent.condition !== node && isShown(parent);
}

/** Texts that stand in the page without having come from the catalogue. */
function strayTextsIn(file: SourceFile): readonly string[] {
  const stray: string[] = [];
  const note = (node: ts.Node, text: string): void => {
    if (LETTERS.test(text))
      stray.push(`${file.path}: ${text.trim()} (${ts.SyntaxKind[node.kind]})`);
  };
  walk(parse(file), (node) => {
    if (ts.isJsxText(node)) note(node, node.text);
    if (ts.isJsxAttribute(node) && SPOKEN.test(node.name.getText())) {
      const value = node.initializer;
      if (value && ts.isStringLiteral(value)) note(node, value.text);
    }
    if (ts.isStringLiteralLike(node) && isShown(node)) note(node, node.text);
  });
  return stray;
}

describe('the windows', () => {
  it('show no text that is not in the catalogue', () => {
    expect(sourceFiles(['renderer'], ['.tsx']).flatMap(strayTextsIn)).toEqual([]);
  });

  it('would notice a text that is not', () => {
    const text = `const A = () => <p title="Hello">Hi <b>{on ? 'Yes' : t('x')}</b></p>;`;
    expect(strayTextsIn({ path: 'a.tsx', text })).toHaveLength(3);
  });
});
