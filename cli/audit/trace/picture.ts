/** A trace as a timeline (diagrams/timeline.ts): what its rows, bands and marks are, and what is said of each. */
import { timeline } from '../../../diagrams/timeline.js';
import type { Timeline } from '../../../diagrams/timeline.js';
import { courseOf } from './course.js';
import type { Lane, Span } from './course.js';
import type { Trace, TraceHeader } from './format.js';

/** SVG. `only`: these services; all if it is empty. */
export function plot(trace: Trace, only: readonly string[]): string {
  return timeline(pictureOf(trace, only));
}

export function pictureOf(trace: Trace, only: readonly string[]): Timeline {
  const { end, lanes, phases, losses } = courseOf(trace);
  const shown = only.length === 0 ? lanes : lanes.filter(({ service }) => only.includes(service));
  const first = trace.entries[0]?.t ?? 0;
  return {
    title: `nitro at ${trace.header.source}`,
    subtitle: subtitle(trace.header, shown, end - first),
    from: first,
    to: Math.max(end, first + 1),
    rows: shown.map(({ service, spans }) => ({ name: service, spans: spans.map(spanOf) })),
    bands: phases.map(({ name, from, to }) => ({ name, from, to, phase: phaseOf(name) })),
    marks: losses.map(({ t, count }) => ({ at: t, note: count === null ? 'something was not seen' : `${String(count)} steps were not seen` })),
  };
}

function subtitle({ began, detail }: TraceHeader, lanes: readonly Lane[], ms: number): string {
  const when = began === null ? '' : `from ${began}, `;
  const services = `${String(lanes.length)} ${lanes.length === 1 ? 'service' : 'services'}`;
  return `${services}, ${when}${(ms / 1000).toFixed(1)} s, recorded in ${detail}`;
}

function spanOf({ from, to, state, leaf, event, isOlder }: Span): Timeline['rows'][number]['spans'][number] {
  const name = leaf ?? state;
  const cause = event === null ? (isOlder ? ' (since before)' : '') : ` after ${event}`;
  return { from, to, state, note: `${name}${cause}` };
}

function phaseOf(name: string): string {
  if (name.startsWith('bring-up')) return 'bringUp';
  if (name.startsWith('shutdown')) return 'shutdown';
  return name === 'run' ? 'run' : 'final';
}
