/**
 * All states of a small system (small.ts), breadth first, with the daemon's interpreter of the table.
 *
 * A state is a row of small numbers, whose places are in layout.ts. A step is one event with everything that its effects bring with it. Where
 * a guard asks what the world does not decide, both answers are followed. The properties are checked where they could be violated.
 */
import { At, Of, Violation, placeOf, serviceSize, systemSize } from './layout.js';
import type { State } from './layout.js';
import type { PropertyId, SmallSystem, Tables } from './small.js';
import { ServiceSide } from './states-service.js';
import { SystemSide } from './states-system.js';

export interface States {
  readonly states: number;
  readonly transitions: number;
  /** What was violated first, if anything was. */
  readonly violated: PropertyId | null;
  /** Everything was visited. */
  readonly isWhole: boolean;
  /** The states, if they were asked for: their numbers, in the order of `At` and, for each service, of `Of`. */
  readonly all: readonly State[];
}

class Walk {
  readonly services: ServiceSide;
  private readonly system: SystemSide | null;

  constructor(
    private readonly small: SmallSystem,
    private readonly tables: Tables,
  ) {
    this.services = new ServiceSide(small, tables);
    this.system = small.system === null ? null : new SystemSide(small, tables, this.services);
  }

  first(): readonly State[] {
    const { service, system } = this.tables;
    const start: number[] = Array.from({ length: systemSize + this.small.services.length * serviceSize }, () => 0);
    start[At.leaf] = system.initial;
    for (const index of this.services.indices()) start[placeOf(index, Of.leaf)] = service.initial;
    return this.system?.started(start) ?? [start];
  }

  /** Every state that one event leads to; one a way. An answer that comes at once comes before anything else. */
  next(state: State): readonly State[] {
    const all = this.services.indices();
    const answering = all.filter((index) => state[placeOf(index, Of.mayAnswer)] === 1);
    if (answering.length > 0) return answering.flatMap((index) => this.services.steps(state, index));
    return [...all.flatMap((index) => this.services.steps(state, index)), ...(this.system?.steps(state) ?? [])];
  }
}

/** Several times what the small systems have: tables that were changed may run wild. */
const statesMax = 3_000_000;

/** Go through all states of a small system; they are kept if `isKept`. */
export function statesOf(small: SmallSystem, tables: Tables, isKept = false): States {
  const walk = new Walk(small, tables);
  const known = new Set<string>();
  const waiting: State[] = [];
  const all: State[] = [];
  let transitions = 0;
  const reached = (state: State): void => {
    const key = String.fromCharCode(...state);
    if (known.has(key)) return;
    known.add(key);
    if (isKept) all.push(state);
    walk.services.ensureShown(state);
    waiting.push(state);
  };
  try {
    walk.first().forEach(reached);
    for (let at = waiting.pop(); at !== undefined && known.size < statesMax; at = waiting.pop()) {
      for (const state of walk.next(at)) {
        transitions += 1;
        reached(state);
      }
    }
  } catch (violation) {
    if (!(violation instanceof Violation)) throw violation;
    return { states: known.size, transitions, violated: violation.property, isWhole: false, all };
  }
  return { states: known.size, transitions, violated: null, isWhole: waiting.length === 0, all };
}
