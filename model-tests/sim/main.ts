/**
 * `npm run sim`: random lives from a seed, until one violates a property or there were enough; and the same life again from seed and path.
 */
import { violationsOf } from '../properties/all.js';
import { explore } from '../explore/explore.js';
import { systems } from '../explore/systems.js';
import { plain } from './choice.js';
import { live } from './life.js';
import { quiet } from './scenario.js';
import { report, search } from './search.js';
import { timeline } from './show.js';

const usage = `usage: npm run sim -- [--seed N] [--path P] [--runs N] [--time SECONDS] [--speed | --explore]
  --seed N        the seed of the scenarios and of all choices (default: from the clock)
  --path P        the place in the tree of that seed that a failure printed
  --runs N        how many lives (default: 10000)
  --time SECONDS  stop after this time
  --speed         measure lives a second, and end
  --explore       all lives of the small systems, at most --runs of each, and end
`;

function option(name: string): string | undefined {
  const place = process.argv.indexOf(`--${name}`);
  return place < 0 ? undefined : process.argv[place + 1];
}

/** An ordinary system: a service that reports readiness, one that restarts, and their logger. */
const ordinary = {
  ...quiet,
  services: {
    a: { run: [{ ready: { at: 20, text: '\n' }, writes: [{ at: 50, bytes: 80 }] }], notificationFd: '3', log: '../l', finish: [{ lasts: 5 }] },
    b: { setup: [{ lasts: 10 }], run: [{ lasts: 1500, writes: [{ at: 5, bytes: 40 }] }], log: '../l' },
    l: { run: [{ reads: 1, onSignal: 'drains' as const }] },
  },
};

function measure(): void {
  const seconds = 3;
  for (let warm = 0; warm < 500; warm++) live(ordinary, plain);
  const start = performance.now();
  let lives = 0;
  while (performance.now() - start < seconds * 1000) {
    live(ordinary, plain);
    lives += 1;
  }
  const life = live(ordinary, plain);
  console.log(timeline(life.trace));
  console.log(`${String(Math.round(lives / seconds))} lives a second, each of 3 services, ${String(life.at)} ms and ${String(life.rest.calls)} calls`);
  if (violationsOf(ordinary, life).length > 0) process.exitCode = 1;
}

/** A line for each system; whether all were explored to a fixpoint without a violation. */
function exploreAll(livesMax: number): boolean {
  let isAllWell = true;
  for (const { what, scenario, outcomes } of systems) {
    const start = performance.now();
    const { lives, states, ends, isFixpoint, violation } = explore(scenario, { outcomes, livesMax });
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    const end = violation !== null ? 'VIOLATION' : isFixpoint ? 'all of them' : 'not all of them';
    console.log(`${what}: ${String(states)} states, ${String(lives)} lives, ${String(ends)} to the end; ${end}; ${seconds} s`);
    if (violation !== null) console.log(timeline(violation.life.trace, new Map(violation.violations.map(({ place, what: which }) => [place, which]))));
    isAllWell &&= isFixpoint;
  }
  return isAllWell;
}

function main(): void {
  if (process.argv.includes('--help')) {
    console.log(usage);
    return;
  }
  if (process.argv.includes('--speed')) {
    measure();
    return;
  }
  if (process.argv.includes('--explore')) {
    if (!exploreAll(Number(option('runs') ?? 40_000))) process.exitCode = 1;
    return;
  }
  const seed = Number(option('seed') ?? Date.now() % 2 ** 31);
  const time = option('time');
  const start = performance.now();
  const { runs, found } = search({
    seed,
    runs: Number(option('runs') ?? 10_000),
    path: option('path') ?? '',
    ...(time === undefined ? {} : { timeMsMax: Number(time) * 1000 }),
  });
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  if (found !== null) {
    console.log(report(found));
    process.exitCode = 1;
  }
  console.log(`${String(runs)} lives from seed ${String(seed)} in ${seconds} s: ${found === null ? 'no violation' : 'a violation'}`);
}

main();
