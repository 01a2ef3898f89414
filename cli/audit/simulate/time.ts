/** Spans of time as people write them: `300ms`, `5s`, `1.5s`, `2m`, `1h`. */

const factors: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** In whole milliseconds; null: it is none. */
export function parseTime(text: string): number | null {
  const parsed = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text);
  if (parsed === null) return text === '0' ? 0 : null;
  const ms = Math.round(Number(parsed[1]) * (factors[parsed[2] ?? ''] ?? 1));
  return Number.isSafeInteger(ms) ? ms : null;
}

/** As it may be written again. */
export function timeText(ms: number): string {
  if (ms < 1000 || ms % 100 !== 0) return ms % 1000 === 0 ? `${String(ms / 1000)}s` : `${String(ms)}ms`;
  return ms % 60_000 === 0 && ms > 0 ? `${String(ms / 60_000)}m` : `${String(ms / 1000)}s`;
}
