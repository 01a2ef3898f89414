/**
 * Traces held against the model: lives on the simulated system are allowed, with losses and all; what is planted in them is found. What
 * the announcements leave open is judged by a second implementation (model-tests/properties/machine-paths.ts).
 */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { conformance } from '../../cli/audit/trace/conformance.js';
import type { StateName, TraceEntry } from '../../cli/audit/trace/format.js';
import type { Placed } from '../../cli/audit/trace/parse.js';
import { verdictText } from '../../cli/audit/trace/verdict.js';
import { Knowledge } from '../../model-tests/properties/machine-paths.js';
import { scenario } from '../../model-tests/sim/arbitrary.js';
import { stateNames } from '../../runtime/protocol.js';
import { serviceTable } from '../../table/service.js';
import type { ServiceEventName } from '../../table/service.js';
import { tracesOf } from './audit-trace-lives.js';

type Step = Extract<TraceEntry, { readonly kind: 'step' }>;

const lives = fc.tuple(scenario(), fc.integer(), fc.constantFrom(0, 0, 50, 700, 3000));
const placed = (entries: readonly TraceEntry[]): readonly Placed[] => entries.map((entry, index) => ({ line: index + 2, entry }));
const step = (service: string, event: string, from: string, to: string, ...actions: readonly string[]): TraceEntry => ({
  t: 0, kind: 'step', machine: service === '' ? 'system' : 'service', service, event, from, to, actions,
});
const state = (service: string, of: StateName): TraceEntry => ({ t: 0, kind: 'state', service, state: of });
const present = (leaves: Readonly<Record<string, string>>, system: string | null = 'run'): TraceEntry => ({
  t: 0,
  kind: 'present',
  services: Object.entries(leaves).map(([service, leaf]) => {
    return { service, state: leaf.split('.')[0] ?? '', leaf: system === null ? null : leaf, pid: 0, uptime: 0 };
  }),
  system,
});
const isAllowed = (...entries: readonly TraceEntry[]): boolean => conformance(placed(entries)).violations.length === 0;

test('no simulated life violates the model, neither in its announcements nor in its steps', () => {
  const seen = { losses: 0, steps: 0, states: 0 };
  fc.assert(
    fc.property(lives, ([given, choices, pauseMs]) => {
      const { states, steps } = tracesOf(given, choices, pauseMs);
      expect(conformance(states).violations).toEqual([]);
      const verdict = conformance(steps);
      expect(verdict.violations).toEqual([]);
      seen.losses += verdict.losses;
      seen.steps += steps.length;
      seen.states += states.length;
    }),
    { seed: 5, numRuns: 300 },
  );
  // It was no empty test: tracers missed something, and heard much.
  expect(seen.losses).toBeGreaterThan(5);
  expect(Math.min(seen.steps, seen.states)).toBeGreaterThan(2000);
});

/** Every life without a loss, as steps. */
function wholeLives(count: number): readonly (readonly Placed[])[] {
  return fc.sample(fc.tuple(scenario(), fc.integer()), { seed: 11, numRuns: count }).flatMap(([given, choices]) => {
    const { steps } = tracesOf(given, choices, 0);
    return steps.some(({ entry }) => entry.kind === 'lost') ? [] : [steps];
  });
}

const isService = (entry: TraceEntry): entry is Step => entry.kind === 'step' && entry.machine === 'service';

test('a step that is missing without a loss is found as soon as its service takes another', () => {
  let planted = 0;
  for (const trace of wholeLives(60)) {
    for (const [index, { entry }] of trace.entries()) {
      if (!isService(entry) || entry.from === entry.to) continue;
      const next = trace.slice(index + 1).map((each) => each.entry).find((each) => isService(each) && each.service === entry.service);
      // Where the next begins in the leaf that was left, nothing is missing: it went out and came back.
      if (next === undefined || !isService(next) || next.from === entry.from) continue;
      if (!trace.slice(0, index).some((each) => each.entry.kind === 'present' || (isService(each.entry) && each.entry.service === entry.service))) continue;
      planted += 1;
      expect({ entry, found: conformance(trace.filter((_, at) => at !== index)).violations.length > 0 }).toEqual({ entry, found: true });
    }
  }
  expect(planted).toBeGreaterThan(500);
});

/** Another outcome of guards would have led there: nobody outside can tell. */
function isRow({ from, event, to, actions }: Step): boolean {
  const leaf = serviceTable.leaves.find(({ name }) => name === from);
  const rows = event === 'TIMER' ? leaf?.due : leaf?.on[event as ServiceEventName];
  return (rows ?? []).some((row) => serviceTable.leaves[row.target]?.name === to && row.actions.join() === actions.join());
}

test('a step to another leaf, or with other actions, is found on the spot', () => {
  const leaves = ['UP', 'DOWN.resting', 'RESTART.finishing', 'FATAL.resting', 'DELAY.respawn'];
  let planted = 0;
  for (const trace of wholeLives(40)) {
    for (const [index, { entry }] of trace.entries()) {
      if (!isService(entry)) continue;
      const retargeted = leaves.map((to) => ({ ...entry, to })).filter(({ to }) => to !== entry.to);
      const other = { ...entry, actions: entry.actions.includes('kill') ? [] : [...entry.actions, 'kill'] };
      for (const wrong of [...retargeted, other].filter((each) => !isRow(each))) {
        planted += 1;
        const { violations } = conformance(trace.map((each, at) => (at === index ? { ...each, entry: wrong } : each)));
        const here = violations.some(({ line }) => line === trace[index]?.line);
        expect({ wrong, here }).toEqual({ wrong, here: true });
      }
    }
  }
  expect(planted).toBeGreaterThan(2000);
});

/** Is what is announced of each service a path of the machine, whatever its guards? */
function isPath(trace: readonly Placed[]): boolean {
  const known = new Map<string, Knowledge>();
  return trace.every(({ entry }) => {
    if (entry.kind !== 'state' || entry.service === 'SYS') return true;
    const after = (known.get(entry.service) ?? Knowledge.initial).announced(stateNames.indexOf(entry.state), 'either');
    if (after !== null) known.set(entry.service, after);
    return after !== null;
  });
}

test('announcements that are dropped, swapped or changed are found, all that no allowed path explains', () => {
  const counts = { impossible: 0, found: 0, planted: 0 };
  for (const [given, choices] of fc.sample(fc.tuple(scenario(), fc.integer()), { seed: 23, numRuns: 60 })) {
    const { states } = tracesOf(given, choices, 0);
    for (let index = 1; index < states.length; index++) {
      const at = states[index];
      if (at?.entry.kind !== 'state' || at.entry.service === 'SYS') continue;
      const changed = { ...at, entry: { ...at.entry, state: at.entry.state === 'ONESHOT' ? 'FATAL' : 'ONESHOT' } };
      const mutants = [
        states.filter((each) => each !== at),
        states.map((each) => (each === at ? changed : each)),
        [...states.slice(0, index - 1), at, ...states.slice(index - 1, index), ...states.slice(index + 1)].map((each, place) => ({ ...each, line: place + 2 })),
      ];
      for (const mutant of mutants) {
        const isFound = conformance(mutant).violations.length > 0;
        const isImpossible = !isPath(mutant);
        counts.planted += 1;
        if (isFound) counts.found += 1;
        if (isImpossible) counts.impossible += 1;
        // What the system's phase forbids is found too, which the other implementation does not know.
        if (isImpossible) expect(isFound).toBe(true);
      }
    }
  }
  expect(counts.impossible).toBeGreaterThan(300);
  expect(counts.found).toBeGreaterThanOrEqual(counts.impossible);
});

test.each<readonly [string, boolean, readonly TraceEntry[]]>([
  ['hidden steps are allowed for', true, [present({ a: 'UP' }, null), state('a', 'RESTART'), state('a', 'DOWN'), state('a', 'STARTING')]],
  ['STARTING cannot follow UP', false, [present({ a: 'UP' }, null), state('a', 'STARTING')]],
  ['a loss widens what may be', true, [present({ a: 'UP' }, null), { t: 0, kind: 'lost', count: 3 }, state('a', 'STARTING')]],
  ['an answer repeats a state', true, [present({ a: 'UP' }, null), state('a', 'UP'), state('a', 'UP')]],
  ['a service that was not known is new', false, [present({}, null), state('a', 'UP')]],
  ['nothing is known before the first list', true, [state('a', 'UP'), state('a', 'SHUTDOWN')]],
  ['what runs is not forgotten', false, [present({ a: 'UP' }, null), present({}, null)]],
  ['what is DOWN may be', true, [present({ a: 'DOWN' }, null), present({}, null)]],
  ['forgotten and created anew', true, [present({ a: 'UP' }, null), state('a', 'SHUTDOWN'), state('a', 'DOWN'), state('a', 'SETUP')]],
  ['SYS after its DOWN goes down', true, [present({ SYS: 'SETUP', a: 'UP' }, null), state('SYS', 'DOWN'), state('SYS', 'SHUTDOWN'), state('SYS', 'DOWN')]],
  ['SYS is never UP', false, [state('SYS', 'UP')]],
  ['nothing starts when the system goes down', false, [
    present({ a: 'UP' }, null), state('SYS', 'SHUTDOWN'), state('SYS', 'DOWN'), state('a', 'SHUTDOWN'), state('a', 'DOWN'), state('a', 'SETUP'),
  ]],
  ['a row of the table', true, [present({ a: 'UP' }), step('a', 'WANT_DOWN', 'UP', 'SHUTDOWN.stopping', 'signalDown', 'announce')]],
  ['not from there', false, [present({ a: 'UP' }), step('a', 'WANT_DOWN', 'STARTING.timed', 'SHUTDOWN.stopping', 'signalDown', 'announce')]],
  ['not ignored', false, [present({ a: 'UP' }), step('a', 'WANT_DOWN', 'UP', 'UP')]],
  ['ignored', true, [present({ a: 'UP' }), step('a', 'READY', 'UP', 'UP')]],
  ['a guard of the system holds', true, [present({ a: 'UP' }, 'shutdown.stoppingServices'), step('a', 'WANT_RESTART', 'UP', 'UP')]],
  ['a guard of the system does not hold', false, [present({ a: 'UP' }), step('a', 'WANT_RESTART', 'UP', 'UP')]],
  ['an event of another machine', false, [present({ a: 'UP' }), step('a', 'SHUTDOWN_ASKED', 'UP', 'UP')]],
  ['a leaf that there is not', false, [step('a', 'READY', 'ELSEWHERE', 'UP')]],
  ['the system goes down', true, [present({}), step('', 'SHUTDOWN_ASKED', 'run', 'shutdown.finishing', 'decideShutdown', 'sayGoingDown', 'spawnSysFinish')]],
  ['the system does not come back', false, [present({}, 'shutdown.finishing'), step('', 'RESCAN_ASKED', 'run', 'run', 'scan')]],
])('%s', (_what, expected, entries) => {
  expect(isAllowed(...entries)).toBe(expected);
});

test('after a violation the trace is judged from what was seen', () => {
  const entries = [present({ a: 'UP' }, null), state('a', 'STARTING'), state('a', 'UP'), state('a', 'STARTING'), state('a', 'UP')];
  expect(conformance(placed(entries)).violations.map(({ line }) => line)).toEqual([3, 5]);
});

test('the reference leaves announcements out: allowed for, and counted, where one asks for it', () => {
  const entries = [present({ a: 'UP' }, null), state('a', 'DOWN'), present({ a: 'DELAY' }, null), state('a', 'STARTING'), state('a', 'UP')];
  expect(conformance(placed(entries)).violations).not.toEqual([]);
  const verdict = conformance(placed(entries), { reference: true });
  expect(verdict).toMatchObject({ violations: [] });
  expect(verdict.known).toBeGreaterThan(0);
  expect(conformance(placed([present({ a: 'UP' }, null), state('a', 'ONESHOT')]), { reference: true }).violations).toHaveLength(1);
});

test('a violation names the state, what was seen, what would have been allowed, and since when', () => {
  const header = { kind: 'nitro-trace', version: 1, source: 's', detail: 'steps', began: null } as const;
  const entries = [present({ web: 'UP' }), { ...step('web', 'READY', 'STARTING.timed', 'UP', 'announce'), t: 1500 }];
  expect(verdictText(header, conformance(placed(entries)))).toBe(
    `line 3, 1.500 s: web
  seen     READY in STARTING.timed, to UP (announce)
  before   it could be in UP, known since line 2, 0.000 s
  allowed  READY in UP: ignored

1 violation of the model (2 entries of 1 service, in steps).
`,
  );
});
