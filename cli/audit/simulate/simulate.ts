/**
 * A life of nitro with a real service directory, in virtual time.
 *
 * Theory of operation. The whole runtime runs on the simulated system of the model tests, with the directory loaded into its file system, scripts
 * that behave as they are described, and an operator who does what is written. Every step of the machines is taken down together with what can be
 * seen from outside, in one list and in its order. The same directory, story and seed give the same list.
 */
import { plain, SeededChooser, faultlessRates, usualRates } from '../../../model-tests/sim/choice.js';
import { live } from '../../../model-tests/sim/life.js';
import type { Scenario } from '../../../model-tests/sim/scenario.js';
import { quiet } from '../../../model-tests/sim/scenario.js';
import type { Entry as Observed, Life } from '../../../model-tests/sim/trace.js';
import { over } from '../../../model-tests/sim/waiting.js';
import type { Bytes } from '../../../runtime/os.js';
import { STAY } from '../../../table/format.js';
import { systemTable } from '../../../table/system.js';
import type { Facts } from '../check/facts.js';
import { textOf } from '../check/names.js';
import type { Trace, TraceEntry } from '../trace/format.js';
import { Behaving } from './behaving.js';
import { load } from './load.js';
import { withSteps } from './steps.js';
import type { Act } from './acts.js';
import type { Story } from './story.js';

export interface Bounds {
  readonly untilMs: number;
  /** Null: everything happens in the plainest order. */
  readonly seed: number | null;
  readonly faults: number;
  readonly mode: Scenario['mode'];
}

/** A step of a machine, as it was taken. */
export interface Step {
  /** Empty: the system. */
  readonly service: Bytes;
  readonly event: string;
  readonly from: string;
  readonly to: string;
  readonly actions: readonly string[];
}

/** What happened, in its order; `t` is ms from the start. */
export type Happening = { readonly t: number } & (
  | { readonly kind: 'step'; readonly step: Step }
  | { readonly kind: 'seen'; readonly entry: Observed }
  | { readonly kind: 'act'; readonly act: Act; readonly isMet: boolean; readonly found: string }
);

export interface Simulation {
  readonly happenings: readonly Happening[];
  /** How it ended: that of the process of nitro, or `until`. */
  readonly how: string;
  /** ms */
  readonly end: number;
  readonly life: Life;
}

/** It was looked at for long enough. */
export const isOver = 'until';
/** Virtual time begins here in the simulated system. */
const start = 1;
/** Descriptors that a service may have: the usual limit. */
const descriptors = 1024;
/** Usual lives of the model tests are some seconds long. */
const patience = 1000;

function scenarioOf({ untilMs, faults, mode }: Bounds, acts: readonly Act[]): Scenario {
  const commands = acts.flatMap((act) => (act.kind === 'does' ? act.commands.map((command) => ({ at: act.at, command })) : []));
  return {
    ...quiet,
    mode,
    commands: commands.sort((one, other) => one.at - other.at),
    endsAt: untilMs * 2 + 1_000_000,
    pids: 30_000,
    faultsMax: faults,
    descriptors,
    patience,
  };
}

export function simulate(facts: Facts, story: Story, bounds: Bounds): Simulation {
  const happenings: Happening[] = [];
  const states = new Map<Bytes, string>();
  const behaving = new Behaving(facts, story);
  const { seed, faults, untilMs } = bounds;
  const chooser = seed === null && faults === 0 ? plain : new SeededChooser(seed ?? 1, faults > 0 ? usualRates : faultlessRates);
  let now = (): number => start;
  let seen = 0;
  let trace: readonly Observed[] = [];
  const catchUp = (): void => {
    for (; seen < trace.length; seen++) {
      const entry = trace[seen];
      if (entry !== undefined) happenings.push({ t: entry.at - start, kind: 'seen', entry });
    }
  };
  const life = withSteps(
    (service, event, leaves, leaf, row) => {
      catchUp();
      const from = leaves[leaf]?.name ?? '';
      const to = row === null || row.target === STAY ? from : (leaves[row.target]?.name ?? '');
      happenings.push({ t: now() - start, kind: 'step', step: { service, event, from, to, actions: row?.actions ?? [] } });
      if (service !== '') states.set(service, to.split('.')[0] ?? to);
    },
    () =>
      live(scenarioOf(bounds, story.acts), chooser, ({ world }) => {
        now = (): number => world.agenda.now;
        trace = world.trace;
        world.behaviourOf = (service, script) => behaving.next(service, script);
        load(world.files, facts.snapshot);
        for (const act of story.acts) {
          world.agenda.after(act.at, world, () => {
            catchUp();
            const found = act.kind === 'expects' ? (states.get(act.service) ?? 'DOWN') : '';
            const isMet = act.kind === 'does' || act.states.includes(found);
            happenings.push({ t: now() - start, kind: 'act', act, isMet, found });
          });
        }
        world.agenda.after(untilMs, {}, () => over(isOver));
      }),
  );
  catchUp();
  return { happenings, how: life.how, end: life.at - start, life };
}

/** The simulation as a trace, such as `nitroctl --json trace` writes of a real nitro (docs/trace.md). */
export function traceOf({ happenings, how, end }: Simulation, source: string): Trace {
  const steps = happenings.flatMap((happening): readonly TraceEntry[] => {
    if (happening.kind !== 'step') return [];
    const { service, ...step } = happening.step;
    return [{ t: happening.t, kind: 'step', machine: service === '' ? 'system' : 'service', service: textOf(service), ...step }];
  });
  const initial = systemTable.leaves[systemTable.initial]?.name ?? '';
  return {
    header: { kind: 'nitro-trace', version: 1, source, detail: 'steps', began: null },
    entries: [
      { t: 0, kind: 'present', services: [], system: initial },
      ...steps,
      { t: end, kind: 'end', why: how === isOver ? 'stopped' : 'daemon gone' },
    ],
  };
}

/** Expectations that were not met: those that were found otherwise, and those that nitro did not live to see. */
export function unmetOf({ happenings, end }: Simulation, story: Story): readonly { readonly act: Act; readonly found: string }[] {
  return story.acts.flatMap((act) => {
    if (act.kind !== 'expects') return [];
    const happening = happenings.find((each) => each.kind === 'act' && each.act === act);
    if (happening?.kind !== 'act') return act.states.includes('DOWN') && act.at > end ? [] : [{ act, found: 'nothing: the simulation was over' }];
    return happening.isMet ? [] : [{ act, found: happening.found }];
  });
}
