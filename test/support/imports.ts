import { readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import ts from 'typescript';

/** One file of the project and everything it imports, by whatever means. */
export interface Importer {
  /** Relative to the root, with forward slashes. */
  readonly file: string;
  readonly imports: readonly string[];
}

/** Stands for `import(name)` and `require(name)` with a name that is only known at run time. */
export const COMPUTED = '(computed)';

const SOURCE = /\.(?:ts|tsx|mts|cts)$/u;

/** All sources under these folders of the root. */
export function readImporters(root: string, folders: readonly string[]): readonly Importer[] {
  return folders.flatMap((folder) =>
    readdirSync(posix.join(root, folder), { recursive: true, encoding: 'utf8' })
      .map((name) => posix.join(folder, name.replaceAll('\\', '/')))
      .filter((file) => SOURCE.test(file) && !file.endsWith('.d.ts'))
      .map((file) => importerOf(file, readFileSync(posix.join(root, file), 'utf8'))),
  );
}

/**
 * What a source imports: `import` and `export … from`, types included, `import x = require()`, `import()` also where
 * only a type is meant, and `require()`. Files come back relative to the root, packages by their name.
 */
export function importerOf(file: string, text: string): Importer {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const imports: string[] = [];
  const visit = (node: ts.Node): void => {
    const name = importedBy(node);
    if (name !== null) imports.push(resolve(file, name));
    ts.forEachChild(node, visit);
  };
  visit(source);
  return { file, imports };
}

/** The name a node imports by; null for a node that imports nothing. */
function importedBy(node: ts.Node): string | null {
  if (ts.isImportDeclaration(node)) return textOf(node.moduleSpecifier);
  if (ts.isExportDeclaration(node)) {
    return node.moduleSpecifier === undefined ? null : textOf(node.moduleSpecifier);
  }
  if (ts.isExternalModuleReference(node)) return textOf(node.expression);
  if (ts.isImportTypeNode(node)) {
    return ts.isLiteralTypeNode(node.argument) ? textOf(node.argument.literal) : COMPUTED;
  }
  if (!ts.isCallExpression(node)) return null;
  const called = node.expression;
  const imports =
    called.kind === ts.SyntaxKind.ImportKeyword ||
    (ts.isIdentifier(called) && (called.text === 'require' || called.text === 'createRequire'));
  if (!imports) return null;
  return node.arguments[0] === undefined ? COMPUTED : textOf(node.arguments[0]);
}

function textOf(node: ts.Node): string {
  return ts.isStringLiteralLike(node) ? node.text : COMPUTED;
}

function resolve(file: string, name: string): string {
  if (!name.startsWith('.')) return name;
  return posix.join(posix.dirname(file), name).replace(/\.(?:[jt]sx?|m[jt]s)$/u, '');
}
