/**
 * The findings for people, as a table that grows line by line, and for programs, as JSON.
 */
import { isMet, spreadOf } from './figures.js';
import type { Figure, Finding, Unit } from './figures.js';
import { isBusy } from './machine.js';
import type { Machine } from './machine.js';

/** The benchmark as a whole. */
export interface Report {
  readonly subject: string;
  /** Directory that the services and sockets were below. */
  readonly place: string;
  readonly machine: Machine;
  /** Before and after. */
  readonly load: readonly [number, number];
  readonly findings: readonly Finding[];
}

const columns = { what: 42, number: 10, unit: 3, target: 10, runs: 7 } as const;

export function headLines(subject: string, place: string, machine: Machine, load: number): string {
  return [
    `subject    ${subject}`,
    `machine    ${machine.name}: ${machine.processors}, ${machine.memoryMb} MB, ${machine.kernel}, Node ${machine.node}`,
    `place      ${place}`,
    `load       ${load} before${isBusy(load) ? ': busy with other things, so figures of time will be too high' : ''}`,
    '',
    row('', 'min', 'median', 'max', '', 'runs', 'target', 'met'),
  ].join('\n');
}

export function findingLine(finding: Finding): string {
  if (finding.kind !== 'figure') return `${finding.what.padEnd(columns.what)} ${finding.kind}: ${finding.why}`;
  const { min, median, max } = spreadOf(finding.values);
  const { unit, atMost } = finding;
  const [least, middle, most] = [min, median, max].map((value) => numberText(value, unit));
  const target = atMost === undefined ? '' : `≤ ${String(atMost)}`;
  const verdict = { true: 'yes', false: 'NO', null: '' }[String(isMet(finding)) as 'true' | 'false' | 'null'];
  const line = row(finding.what, least ?? '', middle ?? '', most ?? '', unit, String(finding.values.length), target, verdict);
  return finding.note === undefined ? line : `${line}  (${finding.note})`;
}

/** What it comes to, in a few lines. */
export function endLines({ findings, load }: Report): string {
  const figures = findings.filter((finding) => finding.kind === 'figure');
  const held = figures.filter((each) => isMet(each) !== null);
  const missed = held.filter((each) => isMet(each) === false);
  const lines = [`load       ${load[1]} after`, `targets    ${held.length - missed.length} of ${held.length} met`];
  for (const each of missed) lines.push(`missed     ${each.what}: ${withUnit(each, spreadOf(each.values).median)}, not ${withUnit(each, each.atMost ?? 0)}`);
  for (const finding of findings) if (finding.kind !== 'figure') lines.push(`${finding.kind.padEnd(10)} ${finding.what}: ${finding.why}`);
  return `\n${lines.join('\n')}`;
}

export function json(report: Report): string {
  const findings = report.findings.map((finding) =>
    finding.kind === 'figure' ? { ...finding, ...spreadOf(finding.values), met: isMet(finding) } : finding,
  );
  return JSON.stringify({ ...report, findings }, null, 2);
}

function row(what: string, min: string, median: string, max: string, unit: string, runs: string, target: string, met: string): string {
  const numbers = [min, median, max].map((text) => text.padStart(columns.number)).join('');
  const rest = `${unit.padEnd(columns.unit)}${runs.padStart(columns.runs)}  ${target.padEnd(columns.target)}${met}`;
  return `${what.padEnd(columns.what)}${numbers} ${rest}`.trimEnd();
}

/** With as many digits as mean something. */
function numberText(value: number, unit: Unit): string {
  switch (unit) {
    case 'ms':
      return value.toFixed(value < 100 ? 2 : 0);
    case 'µs':
      return value.toFixed(1);
    case 'KB':
    case '/s':
      return value.toFixed(0);
    case '':
      return Number.isInteger(value) ? value.toFixed(0) : value.toFixed(2);
  }
}

const withUnit = ({ unit }: Figure, value: number): string => `${numberText(value, unit)} ${unit}`.trim();
