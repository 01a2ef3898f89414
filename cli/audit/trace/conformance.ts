/**
 * Conformance: is everything in a trace allowed by the model?
 *
 * Theory of operation. For each service, and for the system, the set of all that it can be in is tracked. A step that was seen must begin in that
 * set, and be a row of the table; then the set is one leaf. Where only announcements are seen, hidden steps are allowed for, and guards go both ways. What
 * was lost widens every set to all that can be reached; a list of what is present narrows them again. What does not fit is a violation; what
 * comes after it is judged from what was seen then.
 */
import type { StateName, TraceEntry } from './format.js';
import type { Placed } from './parse.js';
import { announced, closed, effectsOf, everything, expected, leafIndex, leafName, reachable, shown } from './automaton.js';
import type { Configuration, Effect, MachineName, Rules } from './automaton.js';
import { Sys } from './sys.js';

export interface Place {
  readonly line: number;
  /** ms */
  readonly t: number;
}

export interface Violation extends Place {
  /** Empty: the system. */
  readonly service: string;
  readonly seen: string;
  /** What it could be in, and since when that is known; null: nothing was known. */
  readonly possible: readonly string[];
  readonly since: Place | null;
  /** What would have been allowed. */
  readonly allowed: readonly string[];
}

export interface Verdict {
  readonly entries: number;
  readonly services: number;
  readonly violations: readonly Violation[];
  /** Places that only the known differences of the reference explain. */
  readonly known: number;
  /** Losses in the trace. */
  readonly losses: number;
}

interface Track {
  readonly name: string;
  configurations: readonly Configuration[];
  since: Place | null;
}

type Step = Extract<TraceEntry, { readonly kind: 'step' }>;
type Present = Extract<TraceEntry, { readonly kind: 'present' }>;

/** Leaves without hidden steps: where steps are seen, none is hidden. */
const exact = ({ configurations }: Track): readonly number[] => configurations.map(({ leaf }) => leaf);
const at = (leaves: readonly number[]): readonly Configuration[] => leaves.map((leaf) => ({ leaf, owed: [] }));
const fresh = leafIndex('service', 'DOWN.fresh');
const unborn = at([fresh]);

/** `reference`: allow for what the reference leaves out. */
export function conformance(placed: readonly Placed[], { reference = false } = {}): Verdict {
  const judge = new Judge(reference);
  for (const each of placed) judge.take(each);
  return judge.verdict(placed.length);
}

class Judge {
  private readonly violations: Violation[] = [];
  private readonly tracks = new Map<string, Track>();
  private readonly system: Track = { name: '', configurations: at(everything('system')), since: null };
  private readonly sys = new Sys();
  private known = 0;
  private losses = 0;
  /** All services were listed, and since then everything was seen: one that is not known is new. */
  private knowsAll = false;
  /** What a service that is not known can be in then. */
  private new = unborn;
  /** Not every step is seen. */
  private hides = true;
  /** Since the list was begun, some service may have been forgotten: then it need not be whole (docs/trace.md). */
  private isShifting = false;
  private place: Place = { line: 0, t: 0 };

  constructor(private readonly reference: boolean) {}

  verdict(entries: number): Verdict {
    const { violations, known, losses } = this;
    return { entries, services: this.tracks.size, violations, known, losses };
  }

  take({ line, entry }: Placed): void {
    this.place = { line, t: entry.t };
    switch (entry.kind) {
      case 'step':
        if (entry.machine === 'system') this.takeStep('system', this.system, entry);
        else this.takeStep('service', this.track(entry.service), entry);
        return;
      case 'state':
        if (entry.service === 'SYS') this.takeSys(entry.state);
        else this.takeState(this.track(entry.service), entry.state);
        return;
      case 'present':
        this.takePresent(entry);
        return;
      case 'lost':
        this.lose(entry.count);
        return;
      case 'end':
        return;
    }
  }

  private track(name: string): Track {
    const known = this.tracks.get(name);
    if (known !== undefined) return known;
    const track: Track = { name, configurations: this.knowsAll ? this.new : at(everything('service')), since: this.knowsAll ? this.place : null };
    this.tracks.set(name, track);
    return track;
  }

  private get rules(): Rules {
    const goingDown = this.system.configurations.map(({ leaf }) => /^(shutdown|final)\b/.test(leafName('system', leaf)));
    const isKnown = goingDown.every((each) => each === goingDown[0]);
    return { goingDown: isKnown ? (goingDown[0] ?? null) : this.sys.goingDown, lenient: false };
  }

  private violate(machine: MachineName, { name, configurations, since }: Track, seen: string, allowed: readonly string[]): void {
    const leaves = [...new Set(configurations.map(({ leaf }) => leaf))];
    const possible = since === null ? [] : leaves.map((leaf) => leafName(machine, leaf));
    this.violations.push({ ...this.place, service: name, seen, possible, since, allowed });
  }

  private takeStep(machine: MachineName, track: Track, step: Step): void {
    const { event, actions } = step;
    const [from, to] = [leafIndex(machine, step.from), leafIndex(machine, step.to)];
    const effects = from < 0 ? null : effectsOf(machine, from, event, this.rules);
    this.hides = false;
    const seen = `${event} in ${step.from}, to ${step.to}${actions.length === 0 ? '' : ` (${actions.join(' ')})`}`;
    if (from < 0 || to < 0 || effects === null) this.violate(machine, track, seen, ['names that the machine has: is this another version?']);
    else if (!exact(track).includes(from)) this.violate(machine, track, seen, this.stepsFrom(machine, exact(track), event));
    else if (!effects.some((effect) => effect.to === to && effect.actions.join() === actions.join())) {
      this.violate(machine, track, seen, effects.map((effect) => describe(machine, event, from, effect)));
    }
    const mayBeForgotten = actions.includes('forgetIfGone');
    if (mayBeForgotten) this.isShifting = true;
    const after = to < 0 ? everything(machine) : mayBeForgotten && to !== fresh ? [to, fresh] : [to];
    track.configurations = at(after);
    track.since = this.place;
  }

  private stepsFrom(machine: MachineName, leaves: readonly number[], event: string): readonly string[] {
    return leaves.flatMap((leaf) => (effectsOf(machine, leaf, event, this.rules) ?? []).map((effect) => describe(machine, event, leaf, effect)));
  }

  private takeState(track: Track, state: StateName): void {
    const after = this.after((rules) => announced(track.configurations, state, rules));
    if (after === null) {
      const all = closed(track.configurations, this.rules);
      this.violate('service', { ...track, configurations: all }, `announced ${state}`, expected(all, this.rules));
    }
    track.configurations = after ?? this.found(state);
    track.since = this.place;
  }

  /** What is left of the possible, first without, then with the known differences; null: nothing. */
  private after(narrow: (rules: Rules) => readonly Configuration[]): readonly Configuration[] | null {
    const strict = narrow(this.rules);
    if (strict.length > 0) return strict;
    if (!this.reference) return null;
    const lenient = narrow({ ...this.rules, lenient: true });
    if (lenient.length === 0) return null;
    this.known += 1;
    return lenient;
  }

  /** All that may be, if this is what was announced last. */
  private found(state: StateName): readonly Configuration[] {
    return closed(announced(at(everything('service')), state, this.rules), this.rules);
  }

  private takeSys(state: StateName): void {
    const before = this.rules;
    const allowed = this.sys.take(state);
    if (this.rules.goingDown !== before.goingDown) this.close(before);
    if (allowed === null) return;
    if (this.reference) {
      this.known += 1;
      return;
    }
    const seen = `announced ${state}`;
    this.violations.push({ ...this.place, service: 'SYS', seen, possible: [], since: null, allowed });
  }

  /** What is hidden may have happened before the rules changed. */
  private close(rules: Rules): void {
    for (const track of this.tracks.values()) track.configurations = closed(track.configurations, rules);
    this.new = closed(this.new, rules);
  }

  private takePresent({ services, system }: Present): void {
    const isExact = !this.isShifting;
    const listed = new Set<string>();
    for (const { service, state, leaf } of services) {
      listed.add(service);
      if (service === 'SYS') continue;
      const track = this.track(service);
      if (leaf === null) this.listed(track, state);
      else this.narrow('service', track, leaf);
    }
    for (const track of this.tracks.values()) if (!listed.has(track.name)) this.absent(track, isExact);
    if (system === null) this.sys.listed(listed.has('SYS'));
    else this.narrow('system', this.system, system);
    this.knowsAll = isExact;
    this.new = unborn;
    this.isShifting = false;
  }

  private narrow(machine: MachineName, track: Track, name: string): void {
    const leaf = leafIndex(machine, name);
    const possible = exact(track);
    if (!possible.includes(leaf)) this.violate(machine, track, `listed in ${name}`, possible.map((each) => leafName(machine, each)));
    track.configurations = at(leaf < 0 ? everything(machine) : [leaf]);
    track.since = this.place;
  }

  private listed(track: Track, state: StateName): void {
    const fits = (rules: Rules): readonly Configuration[] =>
      closed(track.configurations, rules).filter(({ leaf, owed }) => {
        const isShown = shown(leaf) === state || (rules.lenient && state === 'STARTING' && shown(leaf) === 'RESTART');
        return owed.length === 0 && isShown;
      });
    const after = this.after(fits);
    if (after === null) {
      const all = closed(track.configurations, this.rules);
      const allowed = [...new Set(all.filter(({ owed }) => owed.length === 0).map(({ leaf }) => shown(leaf)))];
      this.violate('service', { ...track, configurations: all }, `listed as ${state}`, allowed);
    }
    track.configurations = after ?? at(everything('service').filter((leaf) => shown(leaf) === state));
    track.since = this.place;
  }

  private absent(track: Track, isExact: boolean): void {
    const leaves = (this.hides ? closed(track.configurations, this.rules) : track.configurations).map(({ leaf }) => leaf);
    if (!isExact) {
      track.configurations = at(reachable('service', leaves));
      return;
    }
    if (!leaves.some((leaf) => shown(leaf) === 'DOWN')) this.violate('service', track, 'not listed', ['to be listed: only what is DOWN is forgotten']);
    track.configurations = at([fresh]);
    track.since = this.place;
  }

  private lose(count: number | null): void {
    this.losses += 1;
    this.knowsAll = false;
    this.isShifting = false;
    // Where nobody knows how much was lost, it may be another daemon since.
    const widen = (machine: MachineName, track: Track): void => {
      track.configurations = at(count === null ? everything(machine) : reachable(machine, exact(track)));
      track.since = this.place;
    };
    for (const track of this.tracks.values()) widen('service', track);
    widen('system', this.system);
    this.sys.lose();
  }
}

function describe(machine: MachineName, event: string, from: number, { to, actions }: Effect): string {
  const target = to === from && actions.length === 0 ? 'ignored' : `to ${leafName(machine, to)}`;
  return `${event} in ${leafName(machine, from)}: ${target}${actions.length === 0 ? '' : ` (${actions.join(' ')})`}`;
}
