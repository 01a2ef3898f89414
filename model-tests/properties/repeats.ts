/**
 * Which announcements are no changes: UP, DOWN, RESTART and READY are answered with the state as it is, announced once more (protocol.md, Replies).
 *
 * Of what is announced of that service between such a request and its answer the last is the repetition, and whatever comes before it is a change.
 * A client without a name gets no answer that would mark the end, so of its request one can only say which announcements may be it.
 */
import type { Request } from '../../runtime/protocol.js';
import type { Entry } from '../sim/trace.js';

/** The service whose state is announced once more as a part of the answer to this request; empty: none. */
export function repeatedBy(request: Request | null): string {
  if (request === null || !('name' in request)) return '';
  return ['up', 'down', 'restart', 'ready'].includes(request.kind) ? request.name : '';
}

export type Repetition = 'change' | 'repeat' | 'either';

/** Places of announcements that are, or may be, repetitions. */
export function repetitionsOf(trace: readonly Entry[]): ReadonlyMap<number, Repetition> {
  const found = new Map<number, Repetition>();
  for (const [place, entry] of trace.entries()) {
    if (entry.type !== 'received') continue;
    const service = repeatedBy(entry.request);
    if (service === '') continue;
    const announced: number[] = [];
    let isAnswered = false;
    for (let at = place + 1; at < trace.length; at++) {
      const next = trace[at];
      if (next === undefined || next.type === 'received' || next.at !== entry.at) break;
      if (next.type === 'announced' && next.service === service) announced.push(at);
      isAnswered = next.type === 'answered' && next.client === entry.client && entry.client !== '';
      if (isAnswered) break;
    }
    if (!isAnswered) for (const at of announced) found.set(at, 'either');
    else if (announced.length > 0) found.set(announced[announced.length - 1] ?? 0, 'repeat');
  }
  return found;
}
