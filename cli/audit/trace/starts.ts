/**
 * Starts: how long services took to come up, and with what.
 *
 * A start begins where a service leaves rest (DOWN, FATAL, ONESHOT, or the end of an earlier life that was up) and ends where it is UP or ONESHOT, or given
 * up. What lies between may be several tries: a life that ended early, and the waits. A start that had begun before the trace is not among them.
 */
import type { StateName } from './format.js';
import type { Lane, Span } from './course.js';

export interface Start {
  readonly service: string;
  /** ms since the trace began. */
  readonly began: number;
  /** ms from leaving rest to the end of the start, or of the trace. */
  readonly total: number;
  /** Of these: while `setup` ran (or, where only announcements are known, in SETUP). */
  readonly setup: number;
  /** In STARTING. */
  readonly starting: number;
  /** In DELAY. */
  readonly waiting: number;
  readonly tries: number;
  /** UP, ONESHOT; DOWN, SHUTDOWN, FATAL: given up; null: still under way when the trace ended. */
  readonly outcome: StateName | null;
  /** UP because STARTING was over, not because it said that it is ready; null: nobody knows. */
  readonly byTimer: boolean | null;
}

const onTheWay: ReadonlySet<StateName> = new Set(['SETUP', 'STARTING', 'DELAY']);

/** All starts, the longest first. */
export function startsOf(lanes: readonly Lane[]): readonly Start[] {
  return lanes.flatMap(startsIn).sort((one, other) => other.total - one.total || one.began - other.began);
}

function startsIn({ service, spans }: Lane): readonly Start[] {
  const starts: Start[] = [];
  for (let at = 0; at < spans.length; ) {
    const length = lengthOf(spans, at);
    const first = spans[at];
    if (length > 0 && first !== undefined && !first.isOlder) starts.push(startOf(service, spans.slice(at, at + length), spans[at + length] ?? null));
    at += Math.max(1, length);
  }
  return starts;
}

/** How many spans from here on are one start. A RESTART within is a life that ended early. */
function lengthOf(spans: readonly Span[], at: number): number {
  let length = 0;
  for (let next = spans[at]; next !== undefined; next = spans[at + ++length]) {
    if (!onTheWay.has(next.state) && !(length > 0 && next.state === 'RESTART')) break;
  }
  return length;
}

function startOf(service: string, spans: readonly Span[], end: Span | null): Start {
  const began = spans[0]?.from ?? 0;
  const sum = (isMeant: (span: Span) => boolean): number => spans.filter(isMeant).reduce((ms, { from, to }) => ms + to - from, 0);
  const isTry = ({ state }: Span): boolean => state === 'SETUP' || state === 'STARTING';
  const tries = spans.filter((span, index) => isTry(span) && !(index > 0 && isTry(spans[index - 1] ?? span))).length;
  return {
    service,
    began,
    total: (spans[spans.length - 1]?.to ?? began) - began,
    setup: sum(({ state, leaf }) => state === 'SETUP' && leaf !== 'SETUP.launching'),
    starting: sum(({ state }) => state === 'STARTING'),
    waiting: sum(({ state }) => state === 'DELAY'),
    tries,
    outcome: end?.state ?? null,
    byTimer: end?.event == null ? null : end.event === 'TIMER',
  };
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(3)} s`;

/** How a start ended, in a word or two. */
function ending({ outcome, byTimer }: Start): string {
  if (outcome === null) return 'under way';
  if (outcome === 'UP' && byTimer !== null) return byTimer ? 'UP (timer)' : 'UP (ready)';
  return outcome;
}

/** A table for people, of the first `most`. */
export function startsTable(starts: readonly Start[], most: number): string {
  if (starts.length === 0) return 'No service was started in this trace.\n';
  const rows = starts.slice(0, most).map((start) => [
    ...[start.total, start.setup, start.starting, start.waiting].map(seconds),
    ...[String(start.tries), ending(start), seconds(start.began), start.service],
  ]);
  const head = ['TOTAL', 'SETUP', 'STARTING', 'WAITING', 'TRIES', 'ENDED', 'AT', 'SERVICE'];
  const all = [head, ...rows];
  const width = head.map((_, column) => Math.max(...all.map((row) => (row[column] ?? '').length)));
  const last = head.length - 1;
  const isText = (column: number): boolean => column === 5;
  const line = (row: readonly string[]): string =>
    row.map((cell, column) => (column === last ? cell : isText(column) ? cell.padEnd(width[column] ?? 0) : cell.padStart(width[column] ?? 0))).join('  ');
  const rest = starts.length - rows.length;
  return `${all.map(line).join('\n')}\n${rest > 0 ? `and ${String(rest)} more; --top 0 shows all\n` : ''}`;
}
