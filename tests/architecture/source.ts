/** The sources of the project, read for the tests of its structure. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, posix } from 'node:path';
import ts from 'typescript';

export const root = join(import.meta.dirname, '../..');

export interface Source {
  /** Path from the root of the project. */
  readonly path: string;
  readonly text: string;
  readonly tree: ts.SourceFile;
}

export interface Import {
  readonly from: string;
  /** Path from the root of the project without its ending, or the name of a package. */
  readonly to: string;
  readonly typesOnly: boolean;
}

/** All TypeScript files below a folder. */
export function sourcesIn(folder: string): readonly Source[] {
  return readdirSync(join(root, folder)).flatMap((name): readonly Source[] => {
    const path = `${folder}/${name}`;
    if (statSync(join(root, path)).isDirectory()) return sourcesIn(path);
    if (!name.endsWith('.ts')) return [];
    const text = readFileSync(join(root, path), 'utf8');
    return [{ path, text, tree: ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true) }];
  });
}

export function importsOf({ path, tree }: Source): readonly Import[] {
  const imports: Import[] = [];
  const visit = (node: ts.Node): void => {
    if ((ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) && node.moduleSpecifier !== undefined) {
      const name = (node.moduleSpecifier as ts.StringLiteral).text;
      const typesOnly = ts.isImportDeclaration(node) ? node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword : node.isTypeOnly;
      imports.push({ from: path, to: resolve(path, name), typesOnly });
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      const [name] = node.arguments;
      imports.push({ from: path, to: name !== undefined && ts.isStringLiteral(name) ? resolve(path, name.text) : '(computed)', typesOnly: false });
    }
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return imports;
}

function resolve(path: string, name: string): string {
  return name.startsWith('.') ? posix.join(posix.dirname(path), name).replace(/\.js$/, '') : name;
}
