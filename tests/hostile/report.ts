/**
 * The report of the soak: a table of what was done, how often, and what was lost, and under it the losses in words.
 */
import type { Finding, Size } from './part.js';

const mebibytes = ({ memoryKiB, descriptors }: Size): string => `${String(memoryKiB)} KiB, ${String(descriptors)} fds`;
const grouped = (number: number): string => String(number).replace(/\B(?=(\d{3})+$)/g, ',');

const row = ({ what, times, lost, before, after, note }: Finding): readonly string[] => [
  what, grouped(times), lost.length === 0 ? 'nothing' : `${String(lost.length)}, see below`,
  before === undefined || after === undefined ? '' : `${mebibytes(before)} → ${mebibytes(after)}`, note ?? '',
];

/** As Markdown, which is readable as it is. */
export function toText(findings: readonly Finding[]): string {
  const head = ['what', 'times', 'lost', 'memory and descriptors', 'notes'];
  const lines = [head, head.map(() => '---'), ...findings.map(row)].map((cells) => `| ${cells.join(' | ')} |`);
  const losses = findings.flatMap(({ what, lost }) => lost.map((one) => `- ${what}: ${one}`));
  return `${[...lines, ...(losses.length === 0 ? [] : ['', 'Lost:', ...losses])].join('\n')}\n`;
}
