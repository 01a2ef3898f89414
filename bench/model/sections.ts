/**
 * The tables that the benchmark of the model comes to.
 */
import { exploreAlike, ordinaryLives, randomLives, tableInNode, tableOnHost, xstateInNode } from './measures.js';
import { promela } from './promela.js';
import { asPid1, ownTables, properties, smallSystems, withLogger, withOne, withTwo } from './small.js';
import { planted } from './planted.js';
import { howToGetSpin, verify } from './spin.js';
import type { SpinResult } from './spin.js';
import { statesOf } from './states.js';

export interface Section {
  readonly title: string;
  readonly note: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** What is not as it should be; nothing, if all is well. */
  readonly wrong: readonly string[];
}

/** A number with as many digits as mean something, thousands apart. */
export function numberText(value: number): string {
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : 2;
  const rounded = value >= 1000 ? Number(value.toPrecision(3)) : value;
  return rounded.toLocaleString('en', { minimumFractionDigits: Number.isInteger(value) ? 0 : digits, maximumFractionDigits: digits });
}
const countText = (count: number): string => count.toLocaleString('en');

export function stepsSection(root: string): Section {
  const node = tableInNode();
  const xstate = xstateInNode();
  const host = tableOnHost(root);
  const row = (what: string, rate: number): readonly string[] => [what, numberText(rate), numberText(rate / xstate)];
  const onHost = 'the table, on the host';
  return {
    title: 'Steps of the machine',
    note:
      'The same way of 20 events again and again, from DOWN through restarts and deaths to DOWN. The host is nitro itself: a program of its own in the ' +
      "same engine. XState's pure `transition` also makes what the table has made at build time: the list of actions, timers, and a new snapshot.",
    columns: ['', 'steps a second', "times XState's"],
    rows: [
      row("XState's transition, in Node", xstate),
      row('the table, in Node', node),
      host === null ? [onHost, 'skipped: `npm run build` first', ''] : row(onHost, host),
    ],
    wrong: [],
  };
}

export function livesSection(): Section {
  return {
    title: 'Simulated lives',
    note: 'A life is all of nitro, the very runtime, from boot to end on the simulated system. The ordinary one has three services, one of them a logger.',
    columns: ['', 'lives a second'],
    rows: [
      ['an ordinary life', numberText(ordinaryLives())],
      ['random scenarios, with faults', numberText(randomLives(false))],
      ['the same, with all properties checked', numberText(randomLives(true))],
    ],
    wrong: [],
  };
}

export function explorerSection(): Section {
  const explored = [1, 2, 3].flatMap((services) => [false, true].map((isFolded) => exploreAlike(services, isFolded)));
  return {
    title: 'Every life of small systems',
    note:
      'The explorer runs the runtime itself, with times, pids, pipes and messages, until no new state is found. The services are alike, may die at any ' +
      'moment, and the end may be asked for at any moment. Folded: states that differ only in which service is which count once.',
    columns: ['services', 'folded', 'states', 'lives', 'seconds', 'states a second', 'lives a second'],
    rows: explored.map(({ services, isFolded, states, lives, seconds }) => [
      String(services),
      isFolded ? 'yes' : 'no',
      countText(states),
      countText(lives),
      numberText(seconds),
      numberText(states / seconds),
      numberText(lives / seconds),
    ]),
    wrong: explored.flatMap(({ isFixpoint, violation, services }) =>
      isFixpoint && violation === null ? [] : [`the explorer has not come to an end with ${String(services)} services, or found a violation`],
    ),
  };
}

/** States from which on the time is of interest. */
const optimisedFrom = 10_000;

export function spinSection(spin: string | null): Section {
  const wrong: string[] = [];
  const rows = smallSystems.map((small) => {
    const start = performance.now();
    const own = statesOf(small, ownTables);
    const seconds = (performance.now() - start) / 1000;
    if (own.violated !== null) wrong.push(`${small.what}: violated: ${properties[own.violated]}`);
    const theirs = spin === null ? null : verify(spin, promela(small, ownTables), { kind: 'assertions' }, own.states > optimisedFrom);
    if (theirs !== null && theirs.errors > 0) wrong.push(`${small.what}: SPIN says: ${theirs.said}`);
    if (theirs !== null && theirs.states !== own.states) wrong.push(`${small.what}: ${String(own.states)} states, and ${String(theirs.states)} by SPIN`);
    return [small.what, countText(own.states), countText(own.transitions), numberText(seconds), ...spinCells(theirs)];
  });
  return {
    title: 'Against SPIN',
    note:
      'The two tables with a small world around them, without times: whatever is possible may happen. Ours takes the steps with the interpreter of the ' +
      'daemon; for SPIN the tables are written out as Promela, and the world is told a second time. The numbers of states are equal, or the benchmark fails. ' +
      'SPIN counts more transitions, since the end of what was killed is a step of two of its processes. Its seconds are without the compiler, ' +
      `which optimises where there are more than ${countText(optimisedFrom)} states.` +
      (spin === null ? ` Here ${howToGetSpin}.` : ''),
    columns: ['', 'states', 'transitions', 'seconds', 'SPIN: states', 'transitions', 'seconds', 'MB'],
    rows,
    wrong,
  };
}

const spinCells = (result: SpinResult | null): readonly string[] =>
  result === null
    ? ['skipped', '', '', '']
    : [countText(result.states), countText(result.transitions), numberText(result.seconds), numberText(result.memoryMb)];

export function propertiesSection(spin: string | null): Section {
  const wrong: string[] = [];
  const rows: (readonly string[])[] = [];
  if (spin !== null) {
    for (const small of [withOne, asPid1, withTwo, withLogger]) {
      for (const [name, what] of claimsOf(small.services.map((service) => service.name))) {
        const { errors, states } = verify(spin, promela(small, ownTables), { kind: 'claim', name });
        if (errors > 0) wrong.push(`${small.what}: SPIN: not so: ${what}`);
        rows.push([small.what, what, '', errors === 0 ? `holds, in ${countText(states)} states` : 'VIOLATED']);
      }
    }
  }
  for (const { what, small, tables } of planted) {
    const own = statesOf(small, tables).violated;
    const isFound = spin === null || verify(spin, promela(small, tables), { kind: 'assertions' }).errors > 0;
    if (own === null || !isFound) wrong.push(`a planted fault is not found: ${what}`);
    const theirs = spin === null ? 'skipped' : isFound ? 'violated' : 'NOT FOUND';
    rows.push([small.what, `planted: ${what}`, own === null ? 'NOT FOUND' : `violated: ${properties[own]}`, theirs]);
  }
  return {
    title: 'A second opinion on the properties',
    note:
      `The assertions of ${countText(Object.keys(properties).length)} properties hold in all states of the systems above, by both. SPIN also proves claims ` +
      `of temporal logic, under weak fairness. And both find each fault that is planted in the table.${spin === null ? ` Here ${howToGetSpin}.` : ''}`,
    columns: ['system', 'property', 'ours', 'SPIN'],
    rows,
    wrong,
  };
}

function claimsOf(services: readonly string[]): readonly (readonly [name: string, what: string])[] {
  const [first = ''] = services;
  return [
    ['ends', 'once the system goes down, it ends'],
    [`up_${first}`, 'a service that is UP has its run'],
  ];
}

