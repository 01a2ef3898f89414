/**
 * docs/performance.md: rendered from what is kept in docs/performance, so that it can be rendered again without measuring.
 */
import { loadText } from './words.js';
import { parts } from '../measures/measure.js';
import { numberText, withUnit } from '../report.js';
import type { PartResult, Results } from '../results.js';
import { verdicts } from '../targets.js';
import type { Target, Verdict } from '../targets.js';
import type { Plot } from './plots.js';
import { gapLines, partTable, table } from './tables.js';
import { partTexts } from './texts.js';

/** Tables that are written by others: docs/performance/model.json, guard.json. */
export interface Extra {
  readonly machine?: string;
  readonly date?: string;
  readonly sections: readonly ExtraSection[];
}

export interface ExtraSection {
  readonly title: string;
  readonly note: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export interface Sources {
  readonly results: Results;
  readonly plots: readonly Plot[];
  readonly model: Extra | undefined;
  readonly guard: Extra | undefined;
  /** Markdown, without a heading. */
  readonly whatPaid: string | undefined;
}

export function page({ results, plots, model, guard, whatPaid }: Sources): string {
  const sections = [
    head,
    machines(results),
    ['## Targets', targetsIntro, targetTable(verdicts(results))].join('\n\n'),
    ...results.parts.map((part) => partSection(part, plots)),
    ...(model === undefined ? [] : [extra('The model', model)]),
    ...(guard === undefined ? [] : [extra('Counts that do not depend on the machine', guard)]),
    ...(whatPaid === undefined ? [] : [`## What paid\n\n${whatPaid.trim()}`]),
    again,
  ];
  return `${sections.join('\n\n')}\n`;
}

const head = `# Performance

<!-- Written by \`npm run bench\`: change bench/, or docs/performance/what-paid.md, and not this file. -->

nitro beside its peers, in one run on one machine. Each figure is a median with the least and the greatest value in brackets, of as many values as
the second column says; the factor in **bold** is how many times ours that is, compared run by run. The supervisors take turns, run by run, so that
whatever else the machine does hits them all: the factors are what counts, the figures themselves are those of this machine. *bare* is no supervisor to be
used, but the least that C can do: it executes, reaps, and gives one answer to all requests (\`bench/tools/bare.c\`). Service directories are in
memory (\`/dev/shm\`). A dash: it does not do that, and why is said below the table. A KB has 1024 bytes.`;

const targetsIntro = `The ratio is ours to the other's, the median of the ratios of the single runs: below 1, ours is less. Where nitro in C
is not here, the best of the others takes its place, or bare: whatever nitro in C does, it does not take less. How many tries there were is with the figures
below.`;

const again = `## Again

\`\`\`sh
npm run bench                                # all of it: half an hour on a quiet machine, up to two on a slow one; writes this page
NITRO_C=DIR npm run bench                    # also with nitro in C: a directory with nitro and nitroctl
npm run bench -- --only boot --peers nitro,s6 # a part, with some; writes nothing
npm run bench -- --only boot --write         # a part, put in place of what is here of it
npm run bench -- --page                      # the page again from docs/performance, without measuring
\`\`\``;

/** Each machine, time and set of versions once, with the parts measured there. */
function machines({ parts: measured }: Results): string {
  const groups = new Map<string, PartResult[]>();
  for (const part of measured) {
    const key = JSON.stringify([part.date, part.machine, part.subjects, part.missing]);
    groups.set(key, [...(groups.get(key) ?? []), part]);
  }
  return [...groups.values()].map((group) => machineText(group, group.length === parts.length)).join('\n\n');
}

function machineText(group: readonly PartResult[], isAll: boolean): string {
  const [first] = group;
  if (first === undefined) return '';
  const { date, machine, subjects, missing } = first;
  const rows = [
    ...(isAll ? [] : [['parts', group.map(({ part }) => partTexts[part].heading.toLowerCase()).join(', ')]]),
    ['date', date],
    ['machine', `${machine.processors}, ${numberText(machine.memoryMb)} MB, ${machine.kernel}`],
    ['load before and after', loadText(group.map(({ load }) => load))],
    ...subjects.map(({ name, version }) => [name, version]),
    ...Object.entries(missing).map(([name, why]) => [name, `not measured: ${why}`]),
  ];
  return table(['', ''], rows).replace('|---|---:|', '|---|---|');
}

function targetTable(all: readonly Verdict[]): string {
  const rows = all.map((verdict) => {
    const { target } = verdict;
    const most = target.written ?? (target.atMost === 0 ? '0' : `≤ ${target.atMost}`);
    if (verdict.kind === 'not measured') return [target.what, most, '–', `not measured: ${verdict.note}`];
    const against = verdict.against === undefined ? '' : ` of ${verdict.against}`;
    const note = verdict.note === '' ? '' : ` (${verdict.note})`;
    return [target.what, most, `${valueText(verdict.value, target)}${against}`, `${verdict.kind === 'met' ? 'met' : '**missed**'}${note}`];
  });
  return table(['', 'target', 'measured', ''], rows);
}

/** A ratio as a number, or as a fraction where the target is one. */
function valueText(value: number, { written, isValue }: Target): string {
  if (isValue === true) return withUnit(value, 'ms');
  return written?.includes('/') === true ? `1/${numberText(Math.round(1 / value))}` : numberText(Number(value.toPrecision(3)));
}

function partSection(part: PartResult, plots: readonly Plot[]): string {
  const { heading, about, notes, plots: files } = partTexts[part.part];
  const pictures = plots.filter(({ file }) => files.includes(file)).map(({ file, alt }) => `![${alt}](performance/${file})`);
  const lines = [...notes, ...gapLines(part)].map((note) => `- ${note.replace(/\s*\n\s*/g, ' ')}`);
  return [`## ${heading}`, about, partTable(part), lines.join('\n'), ...pictures].filter((each) => each !== '').join('\n\n');
}

function extra(heading: string, { machine, date, sections }: Extra): string {
  const where = [machine, date].filter((each) => each !== undefined).join(', ');
  const texts = sections.map(({ title, note, columns, rows }) => [`### ${title}`, note, table(columns, rows)].filter((each) => each !== '').join('\n\n'));
  return [`## ${heading}`, ...(where === '' ? [] : [`Measured on ${where}.`]), ...texts].join('\n\n');
}
