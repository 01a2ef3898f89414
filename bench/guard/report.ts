/**
 * The verdicts for people, and the table that the page of performance shows.
 */
import type { Verdict } from './bounds.js';
import type { Figure } from './figures.js';

const width = { what: 52, number: 11, unit: 13 } as const;

export function headLine(kindOfBuild: string): string {
  return `build      ${kindOfBuild}\n\n${row('', 'measured', '', 'bound', '')}`;
}

export function verdictLine(verdict: Verdict): string {
  const { figure } = verdict;
  switch (verdict.kind) {
    case 'skipped':
      return row(figure.what, 'skipped', figure.unit, '', verdict.why);
    case 'unbound':
      return row(figure.what, numberText(verdict.value), figure.unit, '', '');
    case 'within':
      return row(figure.what, numberText(verdict.value), figure.unit, boundText(figure, verdict.bound), 'held');
    case 'better':
      return row(figure.what, numberText(verdict.value), figure.unit, boundText(figure, verdict.bound), 'better');
    case 'over':
      return row(figure.what, numberText(verdict.value), figure.unit, boundText(figure, verdict.bound), 'EXCEEDED');
  }
}

/** What follows from the verdicts, in a few lines. */
export function endLines(verdicts: readonly Verdict[], kindOfBuild: string): string {
  const lines: string[] = [];
  for (const verdict of verdicts) {
    const { what, unit } = verdict.figure;
    if (verdict.kind === 'over') {
      const part = verdict.bound > 0 ? ` (${percent(verdict.by / verdict.bound)} more)` : '';
      lines.push(`exceeded   ${what}: ${numberText(verdict.value)} ${unit}, and ${numberText(verdict.bound)} are allowed${part}`);
    }
    if (verdict.kind === 'better') lines.push(`better     ${what}: ${numberText(verdict.value)} ${unit} instead of ${numberText(verdict.bound)}`);
  }
  const has = (kind: Verdict['kind']): boolean => verdicts.some((verdict) => verdict.kind === kind);
  const skipped = new Set(verdicts.flatMap((verdict) => (verdict.kind === 'skipped' ? [verdict.why] : [])));
  for (const why of skipped) lines.push(`skipped    ${why}`);
  if (has('unbound')) lines.push(`no bounds  for some figures of this kind of build (${kindOfBuild}): they are not held; --accept writes them`);
  if (has('over')) lines.push('If that is as it should be: `npm run bench -- --quick --accept` makes it the bound.');
  else if (has('better')) lines.push('`npm run bench -- --quick --accept` makes these the bounds, so that the gain stays.');
  return lines.join('\n');
}

export interface Section {
  readonly title: string;
  readonly note: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** As a table of the page. */
export function section(verdicts: readonly Verdict[], kindOfBuild: string): Section {
  return {
    title: 'Counts that do not depend on the machine',
    note:
      `Held by \`npm run bench -- --quick --check\` for this kind of build (${kindOfBuild}). System calls are counted by strace, ` +
      'instructions and allocations by callgrind, each as the difference between few and many of the same.',
    columns: ['', 'count', 'unit', 'may grow by'],
    rows: verdicts.flatMap((verdict) =>
      verdict.kind === 'skipped' ? [] : [[verdict.figure.what, numberText(verdict.value), verdict.figure.unit, marginText(verdict.figure)]],
    ),
  };
}

function row(what: string, number: string, unit: string, bound: string, verdict: string): string {
  return `${what.padEnd(width.what)}${number.padStart(width.number)} ${unit.padEnd(width.unit)}${bound.padStart(width.number + 6)}  ${verdict}`.trimEnd();
}

const percent = (part: number): string => `${(part * 100).toFixed(part < 0.1 ? 1 : 0)} %`;
const marginText = ({ margin }: Figure): string => (margin === 0 ? 'nothing' : percent(margin).replace('.0', ''));
const boundText = (figure: Figure, bound: number): string =>
  `${numberText(bound)}${figure.margin === 0 ? '     ' : ` +${String(Math.round(figure.margin * 100))} %`}`;

/** Thousands apart; a fraction where there is one. */
function numberText(value: number): string {
  const [whole = '', fraction] = String(Math.round(value * 100) / 100).split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}
