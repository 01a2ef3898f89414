/**
 * A life in the form in which properties ask for it: the trace, and what each script went through.
 */
import type { Behaviour, Scenario } from '../sim/scenario.js';
import type { Entry, Life } from '../sim/trace.js';
import { repetitionsOf } from './repeats.js';
import type { Repetition } from './repeats.js';

/** One process of a script. Moments are places in the trace; infinite: it never came to that. */
export interface ScriptLife {
  readonly pid: number;
  readonly service: string;
  readonly script: string;
  readonly stdin: number | null;
  readonly stdout: number | null;
  /** Without its name. */
  readonly args: readonly string[];
  readonly forked: number;
  executed: number;
  /** Errno of its exec. */
  error: number;
  behaviour: Behaviour;
  /** Its descriptors were closed: it wrote and read nothing after that. */
  died: number;
  /** It could be reaped. */
  ended: number;
  status: number;
  reaped: number;
}

export interface History {
  readonly scenario: Scenario;
  readonly life: Life;
  readonly trace: readonly Entry[];
  readonly scripts: readonly ScriptLife[];
  readonly byService: ReadonlyMap<string, readonly ScriptLife[]>;
  /** Place in the trace at which nitro began to go down; infinite: never. */
  readonly endBegins: number;
  /** ms by which clocks jumped, execs hung and processes were slow to be seen dead: what bounds of time are extended by. */
  readonly allowance: number;
  /** Announcements that are no changes, by their places; those that are not in it are. */
  readonly repetitions: ReadonlyMap<number, Repetition>;
}

export interface Violation {
  readonly property: string;
  /** Place in the trace. */
  readonly place: number;
  readonly what: string;
}

export interface Property {
  readonly name: string;
  /** Where it is laid down. */
  readonly rule: string;
  check(history: History): readonly Omit<Violation, 'property'>[];
}

export function historyOf(scenario: Scenario, life: Life): History {
  const scripts: ScriptLife[] = [];
  const byService = new Map<string, ScriptLife[]>();
  const byPid = new Map<number, ScriptLife>();
  let endBegins = Infinity;
  let allowance = 0;
  life.trace.forEach((entry, place) => {
    if (entry.type === 'forked') {
      const { pid, service, script, stdin, stdout, args = [] } = entry;
      const never = { executed: Infinity, error: 0, behaviour: {}, died: Infinity, ended: Infinity, status: 0, reaped: Infinity };
      const each: ScriptLife = { pid, service, script, stdin, stdout, args, forked: place, ...never };
      scripts.push(each);
      byPid.set(pid, each);
      const others = byService.get(service);
      if (others === undefined) byService.set(service, [each]);
      else others.push(each);
    } else if (entry.type === 'jumped') allowance += entry.by;
    else if (entry.type === 'said' && endBegins === Infinity) {
      if (entry.text === '- nitro: shutting down\n' || entry.text === '- nitro: rebooting\n') endBegins = place;
    } else if (entry.service !== '' && 'pid' in entry) {
      const each = byPid.get(entry.pid);
      if (each !== undefined) follow(each, entry, place);
    }
  });
  return { scenario, life, trace: life.trace, scripts, byService, endBegins, allowance: allowance + hangs(scenario), repetitions: repetitionsOf(life.trace) };
}

function follow(each: ScriptLife, entry: Entry, place: number): void {
  if (entry.type === 'executed') {
    each.executed = place;
    each.error = entry.error;
    each.behaviour = entry.behaviour;
  } else if (entry.type === 'died') each.died = place;
  else if (entry.type === 'ended') {
    each.died = Math.min(each.died, place);
    each.ended = place;
    each.status = entry.status;
  } else if (entry.type === 'reaped') each.reaped = place;
}

/** The longest exec of a scenario, as often as it may be met on the way. */
function hangs(scenario: Scenario): number {
  let longest = 0;
  const look = (plans: readonly (readonly Behaviour[] | undefined)[]): void => {
    for (const plan of plans) for (const { hangs: ms = 0 } of plan ?? []) longest = Math.max(longest, ms);
  };
  for (const { setup, run, finish } of Object.values(scenario.services)) look([setup, run, finish]);
  for (const { command } of scenario.commands) {
    if (command.kind === 'edit' && command.edit.kind === 'put') look([command.edit.plan.setup, command.edit.plan.run, command.edit.plan.finish]);
  }
  look([scenario.sys.setup, scenario.sys.finish, scenario.sys.final]);
  return longest * 4;
}
