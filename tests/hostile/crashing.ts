/**
 * A service that is killed again and again while something else goes on, and how long each repair takes.
 *
 * A repair is from the kill to the announcement of STARTING: exec has succeeded. Both times are of the same monotonic clock, the second is taken
 * by a listener in C the moment it is told.
 */
import type { Daemon } from '../end-to-end/harness/daemon.js';
import { Datagrams } from '../end-to-end/harness/datagrams.js';
import { killHard } from '../end-to-end/harness/processes.js';
import { parse, STATES } from '../end-to-end/harness/wire.js';

/** The median of some numbers. */
export const medianOf = (numbers: readonly number[]): number => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? NaN;

/** Kill `name` until `done`, or `most` times; milliseconds of each repair. An error if one is not repaired. */
export async function crashMeanwhile(nitro: Daemon, name: string, done: () => boolean, most = Infinity): Promise<readonly number[]> {
  const ear = await Datagrams.open([`${nitro.notify}/${name},timer${String(process.hrtime.bigint())}`]);
  const repairs: number[] = [];
  try {
    while (!done() && repairs.length < most) {
      const { pid } = await nitro.waitState(name, 'STARTING', 'UP');
      const heard = ear.arrivals.length;
      const killedMs = Number(process.hrtime.bigint()) / 1e6;
      killHard(pid);
      const started = await nitro.waitFor(`${name} is repaired`, () => {
        const starting = ear.arrivals.slice(heard).find(({ hex }) => parse(hex).some(({ tag }) => STATES[tag] === 'STARTING'));
        return starting?.atMs;
      }, { withinMs: 60_000 });
      repairs.push(started - killedMs);
    }
    return repairs;
  } finally {
    await ear.close();
  }
}
