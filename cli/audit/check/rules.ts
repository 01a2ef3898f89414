/** All rules, and how they are applied. */
import type { Facts } from './facts.js';
import type { Finding, Rule, Severity } from './rule.js';
import { severities } from './rule.js';
import { behaviourRules } from './rules/behaviour.js';
import { loggingRules } from './rules/logging.js';
import { nameRules } from './rules/names.js';
import { referenceRules } from './rules/reference.js';
import { scriptRules } from './rules/scripts.js';
import { securityRules } from './rules/security.js';
import { settingRules } from './rules/settings.js';
import { systemRules } from './rules/system.js';
import { templateRules } from './rules/templates.js';

export interface Group {
  readonly title: string;
  readonly rules: readonly Rule[];
}

export const groups: readonly Group[] = [
  { title: 'Names', rules: nameRules },
  { title: 'Scripts', rules: [...scriptRules, ...behaviourRules] },
  { title: 'Logging', rules: loggingRules },
  { title: 'Settings', rules: settingRules },
  { title: 'Templates', rules: templateRules },
  { title: 'Who may write', rules: securityRules },
  { title: 'The system', rules: systemRules },
  { title: 'Other supervisors, and nitro in C', rules: referenceRules },
];

export const rules: readonly Rule[] = groups.flatMap((group) => group.rules);

export interface Choice {
  /** Ids of rules that are not applied. */
  readonly ignored: readonly string[];
  /** Also those that matter for nitro in C alone. */
  readonly forReference: boolean;
}

/** What the rules find, by place, and the graver first. */
export function apply(facts: Facts, { ignored, forReference }: Choice): readonly Finding[] {
  const findings: Finding[] = [];
  for (const rule of rules) {
    if (ignored.includes(rule.id) || (rule.isForReference === true && !forReference)) continue;
    for (const found of rule.check(facts)) findings.push({ ...found, rule });
  }
  return findings.sort(
    (one, other) =>
      compare(one.path, other.path) ||
      (one.line ?? 0) - (other.line ?? 0) ||
      severities.indexOf(one.rule.severity) - severities.indexOf(other.rule.severity) ||
      compare(one.rule.id, other.rule.id),
  );
}

function compare(one: string, other: string): number {
  return one === other ? 0 : one < other ? -1 : 1;
}

/** How many of each severity. */
export function countOf(findings: readonly Finding[]): Readonly<Record<Severity, number>> {
  const of = (severity: Severity): number => findings.filter(({ rule }) => rule.severity === severity).length;
  return { error: of('error'), warning: of('warning'), note: of('note') };
}
