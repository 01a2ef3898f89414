/**
 * Happenings as a sequence: who says what to whom.
 *
 * Pure: lanes, and a row for each arrow or mark, which the view draws. An event is an arrow from where it comes from; what a step does is arrows
 * to the process it concerns, and to nitroctl where a state is announced. A change of leaf is a mark on the machine's own lane.
 */
import type { Happening, Subject } from '../messages.js';
import { causeOf, eventText, stateOf } from './words.js';

export interface Lanes {
  readonly names: readonly string[];
  readonly nitroctl: number;
  readonly system: number;
  readonly own: number;
  /** -1: there is none. */
  readonly process: number;
  readonly logger: number;
}

interface Common {
  /** Unique, and greater than those before. */
  readonly key: string;
  readonly t: number;
  readonly label: string;
}

export type SequenceRow =
  | (Common & { readonly kind: 'arrow'; readonly from: number; readonly to: number; readonly cause: string; readonly isReply: boolean })
  | (Common & { readonly kind: 'mark'; readonly lane: number; readonly state: string });

/** A row without what all have. */
type Part =
  | { readonly kind: 'arrow'; readonly label: string; readonly from: number; readonly to: number; readonly cause: string; readonly isReply: boolean }
  | { readonly kind: 'mark'; readonly label: string; readonly lane: number; readonly state: string };

export function lanesOf(subject: Subject, logger: string | null): Lanes {
  if (subject.kind === 'system') return { names: ['nitroctl', 'system', 'services', 'loggers'], nitroctl: 0, system: 1, own: 2, process: -1, logger: 3 };
  const names = ['nitroctl', 'system', subject.name, 'its process'];
  const hasLogger = logger !== null && logger !== subject.name;
  return { names: hasLogger ? [...names, logger] : names, nitroctl: 0, system: 1, own: 2, process: 3, logger: hasLogger ? 4 : -1 };
}

/** What is done to a process. */
const toProcess: Readonly<Record<string, string>> = {
  spawnSetup: 'setup',
  launch: 'run',
  spawnFinish: 'finish',
  signalDown: 'down signal',
  kill: 'SIGKILL',
  killFinish: 'SIGKILL',
};

const arrow = (from: number, to: number, label: string, cause: string, isReply = false): Part => ({ kind: 'arrow', from, to, label, cause, isReply });

/** `isLogger` says of a service whether others write to it. */
export function rowsOf(happening: Happening, subject: Subject, lanes: Lanes, isLogger: (name: string) => boolean): readonly SequenceRow[] {
  const parts = happening.machine === 'system' ? systemParts(happening, lanes) : serviceParts(happening, subject, lanes, isLogger);
  return parts.map((part, index) => ({ ...part, key: `${String(happening.n)}.${String(index)}`, t: happening.t }));
}

function systemParts(happening: Happening, lanes: Lanes): readonly Part[] {
  const { source, from, to } = happening;
  const mark: Part = { kind: 'mark', lane: lanes.system, label: to, state: stateOf(to) };
  if (happening.event === null) return [mark];
  const sender = source === 'nitroctl' ? lanes.nitroctl : lanes.system;
  const sent = arrow(sender, lanes.system, eventText(happening), causeOf(source));
  return from === to ? [sent] : [sent, mark];
}

function serviceParts(happening: Happening, subject: Subject, lanes: Lanes, isLogger: (name: string) => boolean): readonly Part[] {
  const { service, source, by, from, to, event } = happening;
  const isOverview = subject.kind === 'system';
  const isOwn = isOverview ? !isLogger(service) : service === subject.name;
  const lane = isOwn ? lanes.own : lanes.logger;
  if (lane < 0) return [];
  // A logger hears from all that write to it: of the others only what moves it.
  if (!isOwn && !isOverview && by !== subject.name && from === to) return [];
  const prefix = isOverview ? `${service}: ` : '';
  const mark: Part = { kind: 'mark', lane, label: `${prefix}${isOverview ? stateOf(to) : to}`, state: stateOf(to) };
  if (event === null) return [mark, announced(lane, lanes, prefix, to)];
  const hasMoved = isOverview ? stateOf(from) !== stateOf(to) : from !== to;
  // Of all services, what moves none of them would only be noise.
  if (isOverview && !hasMoved) return [];
  const parts: Part[] = [arrow(senderOf(happening, subject, lanes, lane, isLogger), lane, `${prefix}${event}`, causeOf(source))];
  if (source === 'service' && by === null) parts.pop();
  if (hasMoved) parts.push(mark);
  return isOwn && !isOverview ? [...parts, ...effects(happening, lanes)] : parts;
}

function senderOf({ source, by }: Happening, subject: Subject, lanes: Lanes, lane: number, isLogger: (name: string) => boolean): number {
  switch (source) {
    case 'nitroctl':
      return lanes.nitroctl;
    case 'system':
      return lanes.system;
    case 'service':
      if (subject.kind === 'system') return by !== null && isLogger(by) ? lanes.logger : lanes.own;
      return by === subject.name ? lanes.own : lane;
    case 'process':
      return lane === lanes.own && lanes.process >= 0 ? lanes.process : lane;
    case 'timer':
    case null:
      return lane;
  }
}

function announced(lane: number, lanes: Lanes, prefix: string, leaf: string): Part {
  return arrow(lane, lanes.nitroctl, `${prefix}${stateOf(leaf)}`, 'none', true);
}

function effects({ actions, to }: Happening, lanes: Lanes): readonly Part[] {
  return actions.flatMap((action): readonly Part[] => {
    const script = toProcess[action];
    if (script !== undefined) return [arrow(lanes.own, lanes.process, script, 'none')];
    if (action === 'announce') return [announced(lanes.own, lanes, '', to)];
    return action === 'announceDown' ? [arrow(lanes.own, lanes.nitroctl, 'DOWN', 'none', true)] : [];
  });
}
