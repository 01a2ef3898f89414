/**
 * How fast it answers.
 */
import { availableParallelism } from 'node:os';
import { figure } from '../figures.js';
import type { Finding } from '../figures.js';
import type { Instance } from '../instance.js';
import type { Lab } from '../lab.js';
import { serviceName } from '../subject.js';
import { repeat } from './measure.js';
import type { Measure } from './measure.js';

const roundTrips = 10_000;
const floodRequests = 20_000;
/** Requests of the flood that are on their way at a time: a socket's queue has room for some 10. */
const floodWindow = 8;
const listsARun = 10;

export const query: Measure = {
  name: 'query',
  about: `a QUERY and its answer: the medians of ${roundTrips} of them`,
  async *findings(lab): AsyncGenerator<Finding> {
    yield* withControl(lab, 'QUERY and its answer', async function* (instance, socket) {
      await instance.waitUp();
      const { runs } = lab.options;
      const processors = Math.min(2, availableParallelism());
      for (let processor = 0; processor < processors; processor++) {
        const of = await repeat(runs, () =>
          lab.runForNumbers([
            ...[lab.tool('control'), 'query', socket, serviceName(1), String(roundTrips), String(instance.pid), '0', String(processor)],
          ] as [string, ...string[]]),
        );
        const medians = of.map(([, median = NaN]) => median / 1000);
        const least = Math.min(...of.map(([min = NaN]) => min / 1000));
        const note = `the least of all: ${least.toFixed(1)} µs`;
        if (processor === 0) yield figure('QUERY, both on one processor', 'µs', medians, { atMost: 40, note });
        else yield figure('QUERY, on two processors', 'µs', medians, { note });
      }
      if (processors < 2) yield { kind: 'skipped', what: 'QUERY, on two processors', why: 'this machine has one' };
    });
  },
};

export const flood: Measure = {
  name: 'flood',
  about: `requests a second, ${floodWindow} at a time`,
  async *findings(lab): AsyncGenerator<Finding> {
    yield* withControl(lab, 'flood of requests', async function* (instance, socket) {
      await instance.waitUp();
      const ns = await repeat(lab.options.runs, () =>
        lab.runForNumbers([lab.tool('control'), 'flood', socket, serviceName(1), String(floodRequests), String(floodWindow)]),
      );
      yield figure('requests answered in a flood', '/s', ns.map(([taken = NaN]) => floodRequests / (taken / 1e9)));
    });
  },
};

export const list: Measure = {
  name: 'list',
  about: 'the control tool as a process, listing 1 and 499 services: fork, exec, wait',
  async *findings(lab): AsyncGenerator<Finding> {
    for (const services of [1, 499]) {
      const ns = await lab.with(services, async (instance) => {
        await instance.waitUp();
        const { command, environment } = instance.listing();
        const timed = [lab.tool('timed'), String(lab.options.runs * listsARun), ...command] as const;
        return await lab.runForNumbers(timed, environment);
      });
      yield figure(`list of ${services}, whole process`, 'ms', ns.map((taken) => taken / 1e6), { atMost: 4 });
    }
  },
};

/** Use a supervisor with one service and its control socket; what does not have that is skipped. */
async function* withControl(
  lab: Lab,
  what: string,
  use: (instance: Instance, socket: string) => AsyncGenerator<Finding>,
): AsyncGenerator<Finding> {
  const findings = await lab.with(1, async (instance) => {
    const socket = instance.controlSocket;
    if (socket === undefined) return [{ kind: 'skipped', what, why: 'it has no control protocol' } as const];
    const found: Finding[] = [];
    for await (const finding of use(instance, socket)) found.push(finding);
    return found;
  });
  yield* findings;
}
