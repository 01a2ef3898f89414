/** Findings for programs: JSON of our own, and SARIF 2.1.0, which editors and code hosts show. */
import type { Bytes } from '../../../runtime/os.js';
import { version } from '../../../runtime/version.js';
import { textOf } from './names.js';
import { pathOf } from './report.js';
import type { Subject } from './report.js';
import type { Finding, Rule } from './rule.js';
import { countOf, rules } from './rules.js';

export function toJson(findings: readonly Finding[], { directory, services }: Subject): string {
  const report = {
    version,
    directory: textOf(directory),
    services,
    counts: countOf(findings),
    findings: findings.map(({ rule, path, line, message }) => ({
      rule: rule.id,
      severity: rule.severity,
      path: textOf(path),
      line: line ?? null,
      message: textOf(message),
    })),
  };
  return `${JSON.stringify(report, null, 2)}\n`;
}

/** All rules, for programs. */
export function rulesJson(): string {
  const plain = rules.map(({ id, severity, title, why, fix, isForReference = false }) => ({ id, severity, title, why, fix, isForReference }));
  return `${JSON.stringify(plain, null, 2)}\n`;
}

/** A path as a URI reference: relative as it was named, or a file URI. Bytes are escaped, whatever they are. */
function uriOf(path: Bytes): string {
  const escaped = path
    .split('')
    .map((byte) => (/[\w.~/@!$&'()*+,;=-]/.test(byte) ? byte : `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`))
    .join('');
  return path.startsWith('/') ? `file://${escaped}` : escaped;
}

function descriptor({ id, severity, title, why, fix }: Rule): object {
  return {
    id,
    name: title.replace(/[^\w ]/g, '').split(' ').map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join(''),
    shortDescription: { text: title },
    fullDescription: { text: why },
    help: { text: `${why}\n\nFix: ${fix}`, markdown: `${why}\n\n*Fix:* ${fix}` },
    defaultConfiguration: { level: severity },
  };
}

/** A log in the Static Analysis Results Interchange Format, version 2.1.0. */
export function toSarif(findings: readonly Finding[], { directory }: Subject): string {
  const ids = rules.map(({ id }) => id);
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'nitro-audit check', version, semanticVersion: version, rules: rules.map(descriptor) } },
        columnKind: 'utf16CodeUnits',
        results: findings.map(({ rule, path, line, message }) => ({
          ruleId: rule.id,
          ruleIndex: ids.indexOf(rule.id),
          level: rule.severity,
          message: { text: `${textOf(message)}.` },
          locations: [
            {
              physicalLocation: {
                artifactLocation: { uri: uriOf(pathOf(directory, path)) },
                region: { startLine: line ?? 1 },
              },
            },
          ],
          partialFingerprints: { 'nitroRule/v1': `${rule.id}:${textOf(path)}` },
        })),
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}
