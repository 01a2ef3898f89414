/** Findings as text for people: a line each, as compilers write them, and a summary. */
import type { Bytes } from '../../../runtime/os.js';
import { nearTo, textOf } from './names.js';
import type { Finding, Rule, Severity } from './rule.js';
import { severities } from './rule.js';
import { countOf, groups, rules } from './rules.js';

const escape = '\x1b[';
const colours: Readonly<Record<Severity, string>> = { error: '31', warning: '33', note: '36' };

/** Path of a finding as it is written: below the directory as that was named. */
export function pathOf(directory: Bytes, path: Bytes): Bytes {
  if (path === '') return directory;
  return directory.endsWith('/') ? directory + path : `${directory}/${path}`;
}

function plural(count: number, word: string): string {
  return `${String(count)} ${word}${count === 1 ? '' : 's'}`;
}

/** "2 errors, 1 warning"; "nothing" if there is none. */
export function summaryOf(findings: readonly Finding[]): string {
  const counts = countOf(findings);
  const parts = severities.flatMap((severity) => (counts[severity] === 0 ? [] : [plural(counts[severity], severity)]));
  return parts.length === 0 ? 'nothing found' : parts.join(', ');
}

export interface Subject {
  /** As it was named. */
  readonly directory: Bytes;
  readonly services: number;
}

/** The report for people. */
export function toText(findings: readonly Finding[], { directory, services }: Subject, isColoured: boolean): string {
  const paint = (code: string, text: string): string => (isColoured ? `${escape}${code}m${text}${escape}0m` : text);
  const lines: string[] = [];
  let group: string | undefined;
  for (const { rule, path, line, message } of findings) {
    const [top = ''] = path.split('/', 1);
    if (group !== undefined && top !== group) lines.push('');
    group = top;
    const place = textOf(pathOf(directory, path)) + (line === undefined ? '' : `:${String(line)}`);
    lines.push(`${paint('1', place)}: ${paint(colours[rule.severity], rule.severity)} ${rule.id} ${textOf(message)}`);
  }
  if (findings.length > 0) lines.push('');
  lines.push(`${textOf(directory)}: ${plural(services, 'service')}, ${summaryOf(findings)}`);
  const [gravest] = [...findings].sort((one, other) => severities.indexOf(one.rule.severity) - severities.indexOf(other.rule.severity));
  if (gravest !== undefined) lines.push(`nitro-audit check --explain ${gravest.rule.id} says more`);
  return `${lines.join('\n')}\n`;
}

/** Words in lines of at most `width` characters. */
export function wrap(text: string, width: number, indent = ''): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && indent.length + line.length + 1 + word.length > width) {
      lines.push(indent + line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  lines.push(indent + line);
  return lines.join('\n');
}

const readingWidth = 78;
const pageWidth = 160;

/** What there is to say about a rule. */
export function explain(rule: Rule): string {
  const scope = rule.isForReference === true ? ', with --reference only' : '';
  const part = (title: string, text: string): string => `\n${title}\n${wrap(text, readingWidth, '  ')}\n`;
  return `${rule.id} (${rule.severity}${scope}): ${rule.title}\n${part('Why', rule.why)}${part('Fix', rule.fix)}`;
}

/** Ids that `id` may have been meant for; by its number, its letter, or a word of a title. */
export function nearRules(id: string): readonly string[] {
  const near = nearTo(id.toUpperCase(), rules.map((rule) => rule.id));
  const word = id.toLowerCase();
  const named = word.length < 3 ? [] : rules.filter(({ title }) => title.toLowerCase().includes(word)).map((rule) => rule.id);
  const ofGroup = rules.map((rule) => rule.id).filter((each) => near.length === 0 && named.length === 0 && each.startsWith(id.slice(0, 1).toUpperCase()));
  return [...new Set([...named, ...near, ...ofGroup])].slice(0, 5);
}

/** All rules, a line each. */
export function listRules(): string {
  const scope = ({ isForReference }: Rule): string => (isForReference === true ? ' (--reference)' : '');
  const line = (rule: Rule): string => `${rule.id}  ${rule.severity.padEnd(7)}  ${rule.title}${scope(rule)}`;
  return groups.map((group) => `${group.title}\n${group.rules.map((rule) => `  ${line(rule)}\n`).join('')}`).join('\n');
}

/** All rules as a page in Markdown: docs/check-rules.md. */
export function rulesPage(): string {
  const scope = ({ isForReference }: Rule): string => (isForReference === true ? ' (`--reference`)' : '');
  const head = [
    '# The rules of nitro-audit check',
    '',
    '`nitro-audit check DIR` reads a service directory and says what will not work, or not as it was meant. It judges by what nitro itself would make of',
    'the directory: the scan, the log links and the settings are read by the code of the daemon.',
    '',
    'An *error* does not work, a *warning* will hardly do what was meant, a *note* is worth knowing. `--explain ID` prints one of these texts, `--ignore ID`',
    'leaves a rule out, `--severity error` has only errors make the exit status 1. Rules that matter for nitro in C alone need `--reference`.',
    '',
    'Written by `node build/nitro-audit.cjs check --rules --format markdown`.',
    '',
    '| rule | severity | what |',
    '|---|---|---|',
    ...rules.map((rule) => `| [${rule.id}](#${rule.id.toLowerCase()}) | ${rule.severity} | ${rule.title}${scope(rule)} |`),
    '',
  ];
  const section = (rule: Rule): readonly string[] => {
    const texts = [`### ${rule.id}`, `**${rule.title}** (${rule.severity})`, wrap(rule.why, pageWidth), wrap(`*Fix:* ${rule.fix}`, pageWidth)];
    return texts.flatMap((text) => [text, '']);
  };
  const body = groups.flatMap((group) => [`## ${group.title}`, '', ...group.rules.flatMap(section)]);
  return [...head, ...body].join('\n');
}
