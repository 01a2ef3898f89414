/**
 * Makes the measures with all supervisors, run by run.
 *
 * Theory of operation. A measure is opened for each supervisor that does what it needs; then, in each run, each of them gives a sample, in an order
 * that is shifted from run to run, so that none is always first. One that fails is left out of the rest of the measure, with the reason, and
 * the others go on.
 */
import type { Lab } from './lab.js';
import type { Measure, Part, Probe, Row } from './measures/measure.js';
import type { Cell, RowResult } from './results.js';
import { whyNoRoom } from './room.js';
import type { Skill, Subject } from './subject.js';
import { sleep } from './waiting.js';

interface Running {
  readonly subject: Subject;
  readonly probe: Probe;
  readonly values: Map<string, number[]>;
  failed?: string;
}

export type Progress = (text: string) => void;

/** After so long a measure is not run again, in ms: on a slow machine there are fewer runs of what takes longest, and not a day of them. */
const longEnoughMs = 300_000;
/** Samples that are taken together begin so long after each other, in ms: what is done at their beginning and end is not. */
const staggerMs = 250;
const reason = (error: unknown): string => (error instanceof Error ? error.message.trim() : String(error));

/** Rows of a measure that belong to `parts`, with what was found for each supervisor. */
export async function make(
  measure: Measure,
  subjects: readonly Subject[],
  lab: Lab,
  runs: number,
  parts: readonly Part[],
  progress: Progress,
): Promise<readonly RowResult[]> {
  const reasons = new Map<string, Cell>();
  const running: Running[] = [];
  try {
    for (const subject of subjects) {
      const why = whyNot(measure, subject);
      if (why !== undefined) {
        reasons.set(subject.name, { kind: 'lacks', why });
        continue;
      }
      progress(`${measure.title}: ${subject.name} is prepared`);
      try {
        running.push({ subject, probe: await measure.open(lab, subject), values: new Map() });
      } catch (error) {
        reasons.set(subject.name, { kind: 'failed', why: reason(error) });
      }
    }
    const times = Math.min(runs, measure.runsMost ?? runs) * (measure.runsTimes ?? 1);
    const end = performance.now() + longEnoughMs;
    for (let run = 0; run < times && (run === 0 || performance.now() < end); run++) {
      progress(`${measure.title}: run ${run + 1} of ${times}`);
      const shift = run % Math.max(1, running.length);
      const order = [...running.slice(shift), ...running.slice(0, shift)];
      if (measure.together === true) await Promise.all(order.map((each, index) => sleep(index * staggerMs).then(() => take(each, run))));
      else for (const each of order) await take(each, run);
    }
  } finally {
    for (const each of running) {
      progress(`${measure.title}: ${each.subject.name} ends`);
      await each.probe.close().catch((error: unknown) => (each.failed ??= reason(error)));
    }
  }
  const rows = measure.rows.filter(({ part }) => parts.includes(part));
  return rows.map(({ needs = [], ...row }) => ({
    ...row,
    cells: Object.fromEntries(subjects.map((subject) => [subject.name, cellOf({ ...row, needs }, subject, reasons, running)])),
  }));
}

async function take(each: Running, run: number): Promise<void> {
  if (each.failed !== undefined) return;
  try {
    for (const [key, values] of Object.entries(await each.probe.sample(run))) each.values.set(key, [...(each.values.get(key) ?? []), ...values]);
  } catch (error) {
    each.failed = reason(error);
  }
}

function cellOf(row: Row, { name, lacks }: Subject, reasons: ReadonlyMap<string, Cell>, running: readonly Running[]): Cell {
  const without = reasons.get(name);
  if (without !== undefined) return without;
  const need = (row.needs ?? []).find((skill) => lacks[skill] !== undefined);
  if (need !== undefined) return { kind: 'lacks', why: lacks[need] ?? '' };
  const each = running.find(({ subject }) => subject.name === name);
  if (each?.failed !== undefined) return { kind: 'failed', why: each.failed };
  const values = each?.values.get(row.key) ?? [];
  return values.length === 0 ? { kind: 'failed', why: 'it could not be measured' } : { kind: 'values', values };
}

/** Why a supervisor takes no part in a measure. */
function whyNot({ needs, services, loggers = 0 }: Measure, { lacks, most, countsPairs }: Subject): string | undefined {
  const need = needs.find((skill: Skill) => lacks[skill] !== undefined);
  if (need !== undefined) return lacks[need];
  return services - (countsPairs === true ? loggers : 0) > most ? `it can have ${most.toLocaleString('en-US')} services at most` : whyNoRoom(services);
}
