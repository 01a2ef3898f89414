/**
 * A machine is one literal (architecture.md, Machines): so that Stately Studio can import it, the inspector can show it, and the
 * compiler can read it.
 */
import ts from 'typescript';
import { describe, expect, test } from 'vitest';
import { sourcesIn } from './source.js';
import type { Source } from './source.js';

/** Where the argument of `createMachine`, and what `setup` names, are more than a literal. */
function faultsOf({ tree }: Source): readonly string[] {
  const faults: string[] = [];
  let machines = 0;
  const literal = (node: ts.Expression): void => {
    if (ts.isObjectLiteralExpression(node)) {
      for (const property of node.properties) {
        const isPlain = ts.isPropertyAssignment(property) && (ts.isIdentifier(property.name) || ts.isStringLiteral(property.name));
        if (isPlain) literal(property.initializer);
        else faults.push(`not a plain property: ${property.getText().slice(0, 40)}`);
      }
    } else if (ts.isArrayLiteralExpression(node)) node.elements.forEach(literal);
    else if (!ts.isStringLiteral(node)) faults.push(`not a literal: ${node.getText().slice(0, 40)}`);
  };
  /** Actions and guards are named functions, delays numbers. */
  const named = (node: ts.Expression): void => {
    if (!ts.isObjectLiteralExpression(node)) return;
    for (const property of node.properties) {
      const section = property.name?.getText() ?? '';
      if (section === 'types' || !ts.isPropertyAssignment(property) || !ts.isObjectLiteralExpression(property.initializer)) continue;
      for (const entry of property.initializer.properties) {
        const isName = ts.isShorthandPropertyAssignment(entry) || (ts.isPropertyAssignment(entry) && ts.isIdentifier(entry.initializer));
        const isNumber = ts.isPropertyAssignment(entry) && ts.isNumericLiteral(entry.initializer);
        if (section === 'delays' ? !isNumber : !isName) faults.push(`not a name: ${entry.getText().slice(0, 40)}`);
      }
    }
  };
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node)) {
      const [argument] = node.arguments;
      if (argument !== undefined && ts.isPropertyAccessExpression(node.expression) && node.expression.name.text === 'createMachine') {
        machines += 1;
        literal(argument);
      }
      if (argument !== undefined && node.expression.getText() === 'setup') named(argument);
    }
    ts.forEachChild(node, visit);
  };
  visit(tree);
  if (machines !== 1) faults.push(`${String(machines)} machines in the file`);
  return faults;
}

const definitions = sourcesIn('machines').filter(({ text }) => text.includes('.createMachine('));

describe.each(definitions.map((source) => [source.path, source] as const))('%s', (_path, source) => {
  test('is one literal', () => {
    expect(faultsOf(source)).toEqual([]);
  });
});

test('both machines are looked at', () => {
  expect(definitions.map(({ path }) => path)).toEqual(['machines/service.ts', 'machines/system.ts']);
});

test.each([
  ['a spread', 'setup({}).createMachine({ states: { ...others } })', 'not a plain property: ...others'],
  ['a computed key', 'setup({}).createMachine({ [key]: 1 })', 'not a plain property: [key]: 1'],
  ['an imported state', 'setup({}).createMachine({ states: { a: imported } })', 'not a literal: imported'],
  ['an inline function', "setup({}).createMachine({ on: { GO: { actions: () => 1 } } })", 'not a literal: () => 1'],
  ['an inline action in setup', 'setup({ actions: { a: () => 1 } }).createMachine({})', 'not a name: a: () => 1'],
  ['a second machine', "setup({}).createMachine({}); setup({}).createMachine({});", '2 machines in the file'],
])('would be noticed: %s', (_what, text, fault) => {
  expect(faultsOf({ path: 'planted.ts', text, tree: ts.createSourceFile('planted.ts', text, ts.ScriptTarget.ES2022, true) })).toEqual([fault]);
});
