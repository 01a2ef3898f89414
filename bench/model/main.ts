/**
 * The benchmark of the model: `npm run bench -- --only model`, and its small systems in Promela: `npm run bench -- --promela FILE`.
 *
 * What is measured is in measures.ts, and what is compared with SPIN in states.ts and promela.ts. The result is a list of tables (sections.ts), which
 * `--write` puts where the page of performance takes them from.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { loadNow, thisMachine } from '../machine.js';
import { promela } from './promela.js';
import { explorerSection, livesSection, propertiesSection, spinSection, stepsSection } from './sections.js';
import type { Section } from './sections.js';
import { ownTables, smallSystems } from './small.js';
import { findSpin } from './spin.js';

const help = `usage: npm run bench -- --only model [--write] [--json]
       npm run bench -- --promela FILE [--system N]

Measure the model: steps of the table, simulated lives, states of the explorer; and small systems against SPIN.

  --write         write docs/performance/model.json
  --json          print JSON, for programs
  --promela FILE  write a small system in Promela, and end
  --system N      which one (2):
${smallSystems.map(({ what }, index) => `                    ${String(index + 1)}  ${what}`).join('\n')}
  --help          print this

SPIN is build/bench/spin, the one that SPIN names, or the one that is installed; without it its part is skipped.
Exit status: 0 measured, 1 something is not as it should be, 2 usage.
`;

/** Run the benchmark of the model of the project in `root`; the exit status. */
export function main(args: readonly string[], root: string): number {
  let values;
  try {
    ({ values } = parseArgs({
      args: [...args],
      options: {
        only: { type: 'string', multiple: true },
        write: { type: 'boolean' },
        json: { type: 'boolean' },
        promela: { type: 'string' },
        system: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    }));
    const other = values.only?.find((name) => name !== 'model');
    if (other !== undefined) throw new Error(`model is measured by itself, and not with ${other}`);
    if (smallSystems[Number(values.system ?? 2) - 1] === undefined) throw new Error(`no such small system: ${String(values.system)}`);
  } catch (error) {
    process.stderr.write(`bench: ${messageOf(error)}\nTry: npm run bench -- --only model --help\n`);
    return 2;
  }
  if (values.help === true) {
    process.stdout.write(help);
    return 0;
  }
  try {
    const small = smallSystems[Number(values.system ?? 2) - 1];
    if (values.promela !== undefined && small !== undefined) {
      writeFileSync(values.promela, promela(small, ownTables));
      process.stdout.write(`${values.promela}: ${small.what}\n`);
      return 0;
    }
    return measure(root, values.write === true, values.json === true);
  } catch (error) {
    process.stderr.write(`bench: ${messageOf(error)}\n`);
    return 1;
  }
}

function measure(root: string, isWritten: boolean, isJson: boolean): number {
  const { processors, kernel, node } = thisMachine();
  const spin = findSpin(root);
  const before = loadNow();
  const sections: Section[] = [];
  const add = (section: Section): void => {
    sections.push(section);
    if (!isJson) process.stdout.write(`${text(section)}\n`);
  };
  add(stepsSection(root));
  add(livesSection());
  add(explorerSection());
  add(spinSection(spin));
  add(propertiesSection(spin));
  const document = {
    machine: `${processors}, ${kernel}, Node ${node}, load ${String(before)} before`,
    date: new Date().toISOString().slice(0, 10),
    sections: sections.map(({ title, note, columns, rows }) => ({ title, note, columns, rows })),
  };
  const written = `${JSON.stringify(document, null, 2)}\n`;
  if (isJson) process.stdout.write(written);
  if (isWritten) {
    const file = join(root, 'docs/performance/model.json');
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, written);
  }
  const wrong = sections.flatMap((section) => section.wrong);
  for (const what of wrong) process.stderr.write(`bench: ${what}\n`);
  return wrong.length > 0 ? 1 : 0;
}

/** A section for people. */
function text({ title, note, columns, rows }: Section): string {
  const widths = columns.map((column, index) => Math.max(column.length, ...rows.map((row) => (row[index] ?? '').length)));
  const line = (cells: readonly string[]): string =>
    cells.map((cell, index) => (index === 0 ? cell.padEnd(widths[index] ?? 0) : cell.padStart(widths[index] ?? 0))).join('  ').trimEnd();
  return [title, ...[columns, ...rows].map((cells) => `  ${line(cells)}`), note, ''].join('\n');
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
