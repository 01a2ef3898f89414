/**
 * The figures of the model: how fast its parts are, on this machine.
 *
 * Everything is measured for a while after it has been done for a while, so that it is compiled. Figures are of one processor.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { transition } from 'xstate';
import { serviceMachine } from '../../machines/service.js';
import { explore } from '../../model-tests/explore/explore.js';
import type { Exploration } from '../../model-tests/explore/explore.js';
import { anyScenario } from '../../model-tests/sim/pressed.js';
import { plain, SeededChooser } from '../../model-tests/sim/choice.js';
import { live } from '../../model-tests/sim/life.js';
import { quiet } from '../../model-tests/sim/scenario.js';
import type { Behaviour, Scenario } from '../../model-tests/sim/scenario.js';
import { violationsOf } from '../../model-tests/properties/all.js';
import * as fc from 'fast-check';
import { Relinking } from '../guard/relink.js';
import { holds, takeSteps, way } from './steps.js';
import type { ServiceGuard } from '../../table/service.js';

const warmMs = 300;
const measuredMs = 1500;

/** How many times a second `many` does its work; it says how many that was. */
export function rate(many: () => number): number {
  const during = (ms: number): readonly [count: number, ms: number] => {
    const start = performance.now();
    let count = 0;
    let now = start;
    for (; now - start < ms; now = performance.now()) count += many();
    return [count, now - start];
  };
  during(warmMs);
  const [count, ms] = during(measuredMs);
  return (count / ms) * 1000;
}

/** Steps of the table a second, in Node. */
export const tableInNode = (): number =>
  rate(() => {
    takeSteps(100_000);
    return 100_000;
  });

/** XState's own transitions a second, for the same events and facts. */
export function xstateInNode(): number {
  const facts: Partial<Record<ServiceGuard, boolean>> = { hasSetup: holds('hasSetup'), reportsReadiness: holds('reportsReadiness') };
  let snapshot = serviceMachine.resolveState({ value: { DOWN: 'resting' }, context: {} });
  return rate(() => {
    for (const type of way) [snapshot] = transition(serviceMachine, snapshot, { type, facts });
    return way.length;
  });
}

/** Steps of the table a second on the host, in the engine of the daemon; null: the objects of the build are not there. */
export function tableOnHost(root: string): number | null {
  const base = mkdtempSync(join(tmpdir(), 'nitro-model-'));
  try {
    const binary = join(root, 'build/nitro');
    const objects = new Relinking(root, base);
    if (!objects.isOf(binary)) return null;
    const program = objects.around(binary, 'bench/model/host-steps.ts');
    const steps = 2_000_000;
    const [ms] = execFileSync(program, [String(steps)], { encoding: 'latin1' }).split(' ').map(Number);
    return ms === undefined ? null : (steps / ms) * 1000;
  } finally {
    rmSync(base, { recursive: true, force: true });
  }
}

/** An ordinary system: a service that reports readiness, one that restarts, and their logger. */
const ordinary: Scenario = {
  ...quiet,
  services: {
    a: { run: [{ ready: { at: 20, text: '\n' }, writes: [{ at: 50, bytes: 80 }] }], notificationFd: '3', log: '../l', finish: [{ lasts: 5 }] },
    b: { setup: [{ lasts: 10 }], run: [{ lasts: 1500, writes: [{ at: 5, bytes: 40 }] }], log: '../l' },
    l: { run: [{ reads: 1, onSignal: 'drains' }] },
  },
};

/** Lives of the ordinary system a second: the runtime from boot to end. */
export const ordinaryLives = (): number =>
  rate(() => {
    live(ordinary, plain);
    return 1;
  });

/** Random lives a second, with or without all properties checked. */
export function randomLives(isChecked: boolean): number {
  const scenarios = fc.sample(anyScenario(), { seed: 1, numRuns: 200 });
  let next = 0;
  return rate(() => {
    const scenario = scenarios[next++ % scenarios.length] ?? quiet;
    const life = live(scenario, new SeededChooser(next));
    if (isChecked && violationsOf(scenario, life).length > 0) throw new Error('a random life violates a property: `npm run sim` finds and shows it');
    return 1;
  });
}

export interface Explored extends Exploration {
  readonly services: number;
  readonly isFolded: boolean;
  readonly seconds: number;
}

const mortal: readonly Behaviour[] = [{}, { lasts: 5 }];

/** So many services alike, which may die and end at any moment, to a fixpoint. */
export function exploreAlike(services: number, isFolded: boolean): Explored {
  const names = ['a', 'b', 'c', 'd'].slice(0, services);
  const scenario: Scenario = { ...quiet, services: Object.fromEntries(names.map((name) => [name, { run: mortal }])), offers: { commands: [], max: 0 } };
  const start = performance.now();
  const exploration = explore(scenario, { outcomes: { jump: 1, late: 1, short: 1, fault: 2, preempt: 1 }, livesMax: 100_000, isFolded });
  return { ...exploration, services, isFolded, seconds: (performance.now() - start) / 1000 };
}
