/**
 * How fast it answers.
 */
import { figure } from '../figures.js';
import type { Finding } from '../figures.js';
import type { Instance } from '../instance.js';
import type { Lab } from '../lab.js';
import { allowedProcessors } from '../processes.js';
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
    const [first, second] = allowedProcessors();
    yield await roundTrip(lab, 1, [first, first], 'QUERY, both on one processor', 40);
    yield await roundTrip(lab, 499, [first, first], 'the same with 499 services');
    const apart = 'QUERY, on two processors';
    if (second !== undefined) yield await roundTrip(lab, 1, [first, second], apart);
    else yield { kind: 'skipped', what: apart, why: 'there is only one' };
  },
};

/** The daemon and the client each on its processor. */
function roundTrip(lab: Lab, services: number, on: readonly [number, number], what: string, atMost?: number): Promise<Finding> {
  return withControl(lab, services, what, async (instance, socket) => {
    const args = [socket, serviceName(1), roundTrips, instance.pid, ...on].map(String);
    const tries = await repeat(lab.options.runs, () => lab.runForNumbers([lab.tool('control'), 'query', ...args]));
    const least = Math.min(...tries.map(([min = NaN]) => min / 1000));
    const medians = tries.map(([, median = NaN]) => median / 1000);
    return figure(what, 'µs', medians, { note: `the least of all: ${least.toFixed(1)} µs`, ...(atMost === undefined ? {} : { atMost }) });
  });
}

export const flood: Measure = {
  name: 'flood',
  about: `requests a second, ${floodWindow} at a time`,
  async *findings(lab): AsyncGenerator<Finding> {
    const what = 'requests answered in a flood';
    yield await withControl(lab, 1, what, async (_instance, socket) => {
      const args = [socket, serviceName(1), floodRequests, floodWindow].map(String);
      const tries = await repeat(lab.options.runs, () => lab.runForNumbers([lab.tool('control'), 'flood', ...args]));
      return figure(what, '/s', tries.map(([ns = NaN]) => floodRequests / (ns / 1e9)));
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

/** Use a supervisor whose services are up, and its control socket; what has none is skipped. */
function withControl(
  lab: Lab,
  services: number,
  what: string,
  use: (instance: Instance, socket: string) => Promise<Finding>,
): Promise<Finding> {
  return lab.with(services, async (instance) => {
    const socket = instance.controlSocket;
    if (socket === undefined) return { kind: 'skipped', what, why: 'it has no control protocol' };
    await instance.waitUp();
    return await use(instance, socket);
  });
}
