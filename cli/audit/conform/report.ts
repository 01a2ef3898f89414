/**
 * The report of conform: for people as Markdown, for programs as JSON.
 */
import type { Divergence } from './finding.js';
import type { Report } from './run.js';

/** Divergences that are known of the reference count only where they are not asked to be grouped. */
export function unknownOf(report: Report, knownReference: boolean): readonly Divergence[] {
  return divergencesOf(report).filter(({ known }) => !knownReference || known === null);
}

export function divergencesOf({ parts }: Report): readonly Divergence[] {
  return parts.flatMap(({ divergences }) => divergences);
}

export function toJson(report: Report, knownReference: boolean): string {
  const found = unknownOf(report, knownReference).length;
  return `${JSON.stringify({ conforms: found === 0 && !report.isCut, divergences: found, knownReference, ...report }, null, 2)}\n`;
}

const short = 'delays that NITRO_DELAYS makes short';
const long = 'the delays of behaviour.md §1';
const cut = ' **The time was over before all was done.**';
const plural = (count: number, what: string): string => `${String(count)} ${what}${count === 1 ? '' : 's'}`;

export function toMarkdown(report: Report, knownReference: boolean): string {
  const all = divergencesOf(report);
  const found = unknownOf(report, knownReference);
  const known = knownReference ? all.filter((each) => each.known !== null) : [];
  const none = known.length === 0 ? 'It conforms: no divergence.' : 'No divergence but those that are known of the reference.';
  const verdict = found.length === 0 ? none : `**${plural(found.length, 'divergence')}.**`;
  const more = known.length > 0 ? ` ${String(known.length)} more are known of the reference.` : '';
  const lines = [
    `# ${report.target.daemon}`,
    '',
    verdict + (found.length > 0 ? more : '') + (report.isCut ? cut : ''),
    '',
    `Held against the machines and behaviour.md in ${report.seconds.toFixed(0)} s, with ${report.setsDelays ? short : long}.`,
  ];
  for (const { part, whatIs, lines: figures, covered } of report.parts) {
    lines.push('', `## ${part === 'probes' ? 'Probes' : `The ${whatIs} machine`}`, '', ...figures);
    if (covered.length > 0) {
      lines.push('', '| what | goals | reached | exceptions | not reached |', '|---|---:|---:|---:|---:|');
      for (const { what, goals, reached, missing, exceptions } of covered) {
        const excepted = exceptions.reduce((sum, each) => sum + each.goals.length, 0);
        lines.push(`| ${what} | ${String(goals)} | ${String(reached)} | ${String(excepted)} | ${String(missing.length)} |`);
      }
      for (const { what, missing, exceptions } of covered) {
        const reasons = exceptions.map(({ reason, goals }) => `- ${what}: ${plural(goals.length, 'exception')}: ${reason}`);
        if (reasons.length > 0) lines.push('', ...reasons);
        if (missing.length > 0) lines.push('', `Not reached, ${what}: ${some(missing)}`);
      }
    }
  }
  if (found.length > 0) lines.push('', '## Divergences');
  found.forEach((each, index) => lines.push('', ...divergence(each, index + 1)));
  if (known.length > 0) lines.push('', '## Known of the reference', '', 'Where behaviour.md corrects the reference, this daemon does what the reference does.');
  for (const [text, group] of grouped(known)) {
    lines.push('', `### ${text}`, '', ...group.map(({ title, expected, seen }) => `- ${title}: expected: ${expected}; seen: ${seen}`));
  }
  return `${lines.join('\n')}\n`;
}

function some(names: readonly string[]): string {
  const most = 12;
  const more = names.length > most ? `; and ${String(names.length - most)} more` : '';
  return `${names.slice(0, most).join('; ')}${more}`;
}

function divergence({ title, rule, kind, expected, seen, script, also, known }: Divergence, number: number): readonly string[] {
  const what = { ended: 'nitro ended', hung: 'nitro hangs', differs: '' }[kind];
  return [
    `### ${String(number)}. ${title}`,
    '',
    ...(what === '' ? [] : [`- **${what}**`]),
    `- rule: ${rule}`,
    `- expected: ${expected}`,
    `- seen: ${seen}`,
    ...(known === null ? [] : [`- the reference is known to differ here: ${known.text}`]),
    ...(also.length === 0 ? [] : [`- also: ${some(also)}`]),
    '',
    '```sh',
    script,
    '```',
  ];
}

function grouped(all: readonly Divergence[]): ReadonlyMap<string, readonly Divergence[]> {
  const groups = new Map<string, Divergence[]>();
  for (const each of all) {
    const name = each.known === null ? '' : `${each.known.text} (${each.known.rule})`;
    groups.set(name, [...(groups.get(name) ?? []), each]);
  }
  return groups;
}
