/**
 * The report of the walks: what was to be covered, what was, and every exception with its reason; as data, JSON and Markdown.
 *
 * Two kinds of walk are reported. The ladder of a machine is walked on XState and on the table. The walk on the binary covers what can be
 * caused from outside a daemon; what cannot is listed as an exception by name, never left out of the count.
 */
import type { Ladder } from './ladder.js';

/** Goals that the binary cannot be brought to, and why. */
export interface Exception {
  readonly reason: string;
  readonly goals: readonly string[];
}

/** One kind of goal on the binary. */
export interface Covered {
  readonly what: string;
  readonly goals: number;
  readonly reached: number;
  /** Goals that could have been reached and were not. Empty, or the walk is incomplete. */
  readonly missing: readonly string[];
  readonly exceptions: readonly Exception[];
}

/** A walk of a machine on the binary. */
export interface RealWalk {
  readonly machine: string;
  readonly daemons: number;
  readonly paths: number;
  readonly steps: number;
  /** Paths that were begun again, because a timer was faster than the walker. */
  readonly repeated: number;
  readonly seconds: number;
  readonly covered: readonly Covered[];
  /** Paths on which the binary did something else than the table says, each explained. */
  readonly failures: readonly string[];
}

export interface WalkReport {
  readonly ladders: readonly Ladder[];
  readonly real: readonly RealWalk[];
}

/** Is everything covered that can be, and did all agree? */
export function isComplete({ ladders, real }: WalkReport): boolean {
  const isClimbed = ladders.every((ladder) => ladder.differences.length === 0 && ladder.rungs.every(({ missing }) => missing.length === 0));
  return isClimbed && real.every(({ failures, covered }) => failures.length === 0 && covered.every(({ missing }) => missing.length === 0));
}

/** The report for programs. */
export function toJson(report: WalkReport): string {
  return `${JSON.stringify({ complete: isComplete(report), ...report }, null, 2)}\n`;
}

/** The report for people. Of a long list of goals the first `listed` are shown; the JSON has all. */
export function toMarkdown(report: WalkReport, listed = 20): string {
  const parts = ['# Walks of the machines', '', isComplete(report) ? 'Complete: every goal is reached, or an exception with a reason.' : '**Not complete.**'];
  for (const ladder of report.ladders) parts.push(...ladderLines(ladder, listed));
  for (const walk of report.real) parts.push(...realLines(walk, listed));
  return `${parts.join('\n')}\n`;
}

function ladderLines({ machine, paths, steps, rungs, differences }: Ladder, listed: number): readonly string[] {
  return [
    '',
    `## ${machine}: XState and the table`,
    '',
    `${String(paths)} paths, ${String(steps)} steps, each taken by both; ${String(differences.length)} differences.`,
    '',
    '| rung | goals | reached | | bound |',
    '|---|---:|---:|---:|---|',
    ...rungs.map(({ rung, goals, reached, bound }) => `| ${rung} | ${String(goals)} | ${String(reached)} | ${percent(reached, goals)} | ${bound ?? ''} |`),
    ...rungs.flatMap(({ rung, missing }) => list(`Not reached: ${rung}`, missing, listed)),
    ...list('Differences', differences, listed),
  ];
}

function realLines(walk: RealWalk, listed: number): readonly string[] {
  const { machine, daemons, paths, steps, repeated, seconds, covered, failures } = walk;
  return [
    '',
    `## ${machine}: the binary`,
    '',
    `${String(paths)} paths, ${String(steps)} steps, ${String(daemons)} daemons, ${seconds.toFixed(0)} s; ` +
      `${String(repeated)} begun again because a timer was faster than the walker.`,
    '',
    '| what | goals | reached | exceptions | not reached |',
    '|---|---:|---:|---:|---:|',
    ...covered.map(({ what, goals, reached, missing, exceptions }) => {
      const excepted = exceptions.reduce((sum, each) => sum + each.goals.length, 0);
      return `| ${what} | ${String(goals)} | ${String(reached)} | ${String(excepted)} | ${String(missing.length)} |`;
    }),
    ...covered.flatMap(({ what, exceptions }) =>
      exceptions.flatMap(({ reason, goals }) => list(`Exception, ${what}: ${reason} (${String(goals.length)})`, goals, listed)),
    ),
    ...covered.flatMap(({ what, missing }) => list(`Not reached: ${what}`, missing, listed)),
    ...list('Failures', failures, listed),
  ];
}

function list(title: string, items: readonly string[], listed: number): readonly string[] {
  if (items.length === 0) return [];
  const more = items.length > listed ? [`- and ${String(items.length - listed)} more`] : [];
  return ['', `### ${title}`, '', ...items.slice(0, listed).map((item) => `- ${item.replaceAll('\n', '\n  ')}`), ...more];
}

function percent(reached: number, goals: number): string {
  return goals === 0 ? '–' : `${(Math.floor((1000 * reached) / goals) / 10).toFixed(1)} %`;
}
