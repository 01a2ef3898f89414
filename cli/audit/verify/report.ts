/**
 * `nitro-audit verify`: check all parts, and report in Markdown or JSON.
 *
 * The report is honest about its bounds: each part says what was exhaustive and what a sample, and how large. Progress goes to
 * stderr, and only to a terminal.
 */
import { version } from '../../../runtime/version.js';
import { parts } from './parts.js';
import type { Bounds, Finding, Part, Progress } from './part.js';

export interface Checked {
  readonly part: Part;
  readonly finding: Finding;
  readonly seconds: number;
}

/** Check the parts of these names, or all. `show` is called as it goes on. */
export async function verify(names: readonly string[], bounds: Bounds, show: (line: string) => void): Promise<readonly Checked[]> {
  const checked: Checked[] = [];
  for (const part of parts.filter(({ name }) => names.length === 0 || names.includes(name))) {
    const start = performance.now();
    const progress: Progress = (done, all) => show(`${part.name} ${String(done)}/${String(all)}`);
    show(part.name);
    const finding = await part.check(bounds, progress);
    checked.push({ part, finding, seconds: (performance.now() - start) / 1000 });
  }
  return checked;
}

export function holds(checked: readonly Checked[]): boolean {
  return checked.every(({ finding }) => finding.holds);
}

/** The report for people. */
export function toMarkdown(checked: readonly Checked[], bounds: Bounds): string {
  const sections = checked.map(({ part, finding, seconds }) => {
    const result = `This ${finding.holds ? 'holds' : '**is violated**'} (${seconds.toFixed(1)} s).`;
    const verdict = finding.notRun === undefined ? result : `**Not run**: ${finding.notRun}.`;
    const lines = finding.lines.map((line) => `- ${line}`).join('\n');
    const shown = finding.counterexamples.slice(0, counterexamplesShown).map((text) => `\n\`\`\`\n${text}\n\`\`\`\n`);
    const more = finding.counterexamples.length - shown.length;
    const rest = more > 0 ? `\nand ${String(more)} more\n` : '';
    return `## ${part.name}\n\n${part.claim}\n\n${verdict}\n\n${lines}\n${shown.join('')}${rest}`;
  });
  const summary = holds(checked) ? 'Everything that was checked holds.' : '**Not everything holds.**';
  return `# nitro ${version}: evidence\n\n${summary} Seed ${String(bounds.seed)}.\n\n${sections.join('\n')}`;
}

/** Counterexamples in the report for people; the JSON has all. */
const counterexamplesShown = 5;

/** The report for programs. */
export function toJson(checked: readonly Checked[], bounds: Bounds): string {
  return `${JSON.stringify(
    {
      version,
      holds: holds(checked),
      bounds,
      parts: checked.map(({ part, finding, seconds }) => ({ name: part.name, claim: part.claim, seconds, ...finding })),
    },
    null,
    2,
  )}\n`;
}
