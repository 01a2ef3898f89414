/**
 * What `nitroctl trace` prints: a line for people, or a line of JSON, which together are a trace file (docs/trace.md).
 */
import type { Bytes } from '../runtime/os.js';
import { stateName } from '../runtime/protocol.js';
import type { Fields, Step } from '../runtime/wire-replies.js';
import { object, quote } from './ctl-json.js';
import type { Sight } from './ctl-trace.js';

export type Detail = 'steps' | 'states';
/** The daemon is gone, or the one who followed it goes. */
export type End = 'daemon gone' | 'stopped';

/** How sights are written. `ms` is the time since the trace began. */
export interface TraceWriter {
  readonly header: (detail: Detail, socket: Bytes) => Bytes;
  readonly sight: (ms: number, sight: Sight) => Bytes;
  readonly end: (ms: number, why: End) => Bytes;
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3).padStart(9);
}

function stepText({ name, event, from, to, actions }: Step): Bytes {
  const who = name === '' ? '(system)' : name;
  const what = from === to ? from : `${from} > ${to}`;
  return `${who} ${event} ${what}${actions.length === 0 ? '' : `: ${actions.join(' ')}`}`;
}

function sightText(sight: Sight): Bytes {
  switch (sight.kind) {
    case 'step':
      return stepText(sight.step);
    case 'state':
      return `${sight.name} ${stateName(sight.state)}`;
    case 'present':
      return `(present) ${[
        ...(sight.system === null ? [] : [`(system) ${sight.system}`]),
        ...sight.services.map(({ name = '', state = 0, leaf = stateName(state) }) => `${name} ${leaf}`),
      ].join(', ')}`;
    case 'lost':
      return sight.count === null ? '(lost) changes were missed' : `(lost) ${sight.count} steps were missed`;
  }
}

/** For people: a line each. */
export const traceText: TraceWriter = {
  header: (detail) => (detail === 'steps' ? '' : '(this daemon tells states only)\n'),
  sight: (ms, sight) => `${seconds(ms)} ${sightText(sight)}\n`,
  end: (ms, why) => (why === 'stopped' ? '' : `${seconds(ms)} (${why})\n`),
};

function entry(ms: number, kind: string, members: readonly (readonly [string, Bytes])[]): Bytes {
  return `${object([['t', `${Math.round(ms * 1000) / 1000}`], ['kind', quote(kind)], ...members])}\n`;
}

function leafJson(leaf: string | null | undefined): Bytes {
  return leaf === null || leaf === undefined ? 'null' : quote(leaf);
}

function presentJson({ name = '', state = 0, leaf, pid = 0, uptime = 0 }: Readonly<Fields>): Bytes {
  return object([
    ['service', quote(name)],
    ['state', quote(stateName(state))],
    ['leaf', leafJson(leaf)],
    ['pid', `${pid}`],
    ['uptime', `${uptime}`],
  ]);
}

function sightJson(ms: number, sight: Sight): Bytes {
  switch (sight.kind) {
    case 'step': {
      const { name, event, from, to, actions } = sight.step;
      return entry(ms, 'step', [
        ['machine', quote(name === '' ? 'system' : 'service')],
        ['service', quote(name)],
        ['event', quote(event)],
        ['from', quote(from)],
        ['to', quote(to)],
        ['actions', `[${actions.map(quote).join(',')}]`],
      ]);
    }
    case 'state':
      return entry(ms, 'state', [['service', quote(sight.name)], ['state', quote(stateName(sight.state))]]);
    case 'present':
      return entry(ms, 'present', [['services', `[${sight.services.map(presentJson).join(',')}]`], ['system', leafJson(sight.system)]]);
    case 'lost':
      return entry(ms, 'lost', [['count', sight.count === null ? 'null' : `${sight.count}`]]);
  }
}

/** The lines of a trace file. When it began is not in it: nitroctl knows no calendar. */
export const traceJson: TraceWriter = {
  header: (detail, socket) =>
    `${object([
      ['kind', quote('nitro-trace')],
      ['version', '1'],
      ['source', quote(socket)],
      ['detail', quote(detail)],
      ['began', 'null'],
    ])}\n`,
  sight: sightJson,
  end: (ms, why) => entry(ms, 'end', [['why', quote(why)]]),
};
