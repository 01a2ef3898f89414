/**
 * A compiled machine as TypeScript source, in the form that the daemon carries.
 *
 * Equal rows and equal lists of rows are written once and shared: the table is small in memory, and a reader sees which
 * pairs behave alike. Reasons for ignored pairs are not carried by the daemon; they go to a file of their own.
 */
import type { Leaf, Row } from '../table/format.js';
import type { Compiled } from './compile.js';

/** Source of `table/<id>.ts`. `from` names the definition in the header. */
export function emitTable(compiled: Compiled, from: string): string {
  const { id, table } = compiled;
  const type = id.charAt(0).toUpperCase() + id.slice(1);
  const shared = new Shared();
  const leaves = table.leaves.map((leaf, index) => emitLeaf(leaf, index, shared));
  const names = `${type}EventName, ${type}Guard, ${type}Action`;
  return `${header(from)}import { STAY } from './format.js';
import type { Row, Table } from './format.js';

export type ${type}EventName = ${union(compiled.events)};
export type ${type}Guard = ${union(compiled.guards)};
export type ${type}Action = ${union(compiled.actions)};
export type ${type}Delay = ${union(Object.keys(table.delays))};
type Rows = readonly Row<${type}Guard, ${type}Action>[];

${shared.declarations.join('\n')}

export const ${id}Table: Table<${names}, ${type}Delay> = {
  initial: ${String(table.initial)},
  start: ${list(table.start)},
  delays: { ${Object.entries(table.delays).map(([name, ms]) => `${name}: ${String(ms)}`).join(', ')} },
  leaves: [
${leaves.join('\n')}
  ],
};
`;
}

/** Source of the file with the reasons of all machines. */
export function emitIgnored(all: readonly Compiled[], from: string): string {
  const parts = all.map(
    ({ id, ignored }) =>
      `export const ${id}Ignored: Ignored = {\n${Object.entries(ignored)
        .map(
          ([leaf, reasons]) =>
            `  '${leaf}': {\n${Object.entries(reasons)
              .map(([event, reason]) => `    ${event}: ${JSON.stringify(reason)},`)
              .join('\n')}\n  },`,
        )
        .join('\n')}\n};\n`,
  );
  return `${header(from)}import type { Ignored } from './format.js';\n\n${parts.join('\n')}`;
}

function header(from: string): string {
  return `// Generated from ${from} by \`npm run generate\`. Do not edit.\n`;
}

class Shared {
  readonly declarations: string[] = [];
  private readonly names = new Map<string, string>();

  /** The name of a constant that holds these rows. */
  rows(rows: readonly Row[]): string {
    const text = `[${rows.map(emitRow).join(', ')}]`;
    const known = this.names.get(text);
    if (known !== undefined) return known;
    const name = `r${String(this.names.size)}`;
    this.names.set(text, name);
    this.declarations.push(`const ${name}: Rows = ${text};`);
    return name;
  }
}

function emitLeaf(leaf: Leaf, index: number, shared: Shared): string {
  const on = Object.entries(leaf.on).map(([event, rows]) => `${event}: ${shared.rows(rows ?? [])}`);
  return `    {
      // ${String(index)}
      name: '${leaf.name}',
      state: '${leaf.state}',
      delay: ${leaf.delay === null ? 'null' : `'${leaf.delay}'`},
      due: ${leaf.due.length === 0 ? '[]' : shared.rows(leaf.due)},
      on: { ${on.join(', ')} },
      final: ${String(leaf.final)},
    },`;
}

function emitRow(row: Row): string {
  const guard = row.guard === null ? 'null' : `'${row.guard}'`;
  const target = row.target < 0 ? 'STAY' : String(row.target);
  return `{ guard: ${guard}, target: ${target}, actions: ${list(row.actions)} }`;
}

function list(names: readonly string[]): string {
  return `[${names.map((name) => `'${name}'`).join(', ')}]`;
}

function union(names: readonly string[]): string {
  return names.length === 0 ? 'never' : names.map((name) => `'${name}'`).join(' | ');
}
