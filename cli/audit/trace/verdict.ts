/** A verdict as text: for people, and as JSON for programs. */
import type { TraceHeader } from './format.js';
import type { Place, Verdict, Violation } from './conformance.js';

const seconds = (ms: number): string => `${(ms / 1000).toFixed(3)} s`;
const at = ({ line, t }: Place): string => `line ${String(line)}, ${seconds(t)}`;

/** Many alternatives are of no help. */
const allowedMax = 12;

function listed(items: readonly string[]): string {
  const shown = items.slice(0, allowedMax).join(', ');
  return items.length > allowedMax ? `${shown}, and ${String(items.length - allowedMax)} more` : shown;
}

function violationText(violation: Violation): string {
  const { service, seen, possible, since, allowed } = violation;
  const could = possible.length === 0 ? 'nothing was known of it' : `it could be in ${listed(possible)}`;
  return [
    `${at(violation)}: ${service === '' ? 'the system' : service}`,
    `  seen     ${seen}`,
    `  before   ${could}${since === null ? '' : `, known since ${at(since)}`}`,
    `  allowed  ${allowed.length === 0 ? 'nothing' : listed(allowed)}`,
    '',
  ].join('\n');
}

const count = (number: number, one: string, many = `${one}s`): string => `${String(number)} ${number === 1 ? one : many}`;

/** What is said of a trace: violations first, then one line. */
export function verdictText(header: TraceHeader, verdict: Verdict): string {
  const { entries, services, violations, known, losses } = verdict;
  const extent = `${count(entries, 'entry', 'entries')} of ${count(services, 'service')}, in ${header.detail}`;
  const lost = losses === 0 ? '' : `; something was lost ${losses === 1 ? 'once' : `${String(losses)} times`}`;
  const differences = known === 0 ? '' : `; ${count(known, 'known difference')} of the reference`;
  const end = violations.length === 0 ? 'The model allows all of it' : `${count(violations.length, 'violation')} of the model`;
  return `${violations.map(violationText).join('\n')}${violations.length > 0 ? '\n' : ''}${end} (${extent}${lost}${differences}).\n`;
}

export function verdictJson(header: TraceHeader, verdict: Verdict): string {
  return `${JSON.stringify({ holds: verdict.violations.length === 0, header, ...verdict }, null, 2)}\n`;
}
