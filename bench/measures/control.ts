/**
 * How fast it answers.
 */
import { numbersOf } from '../instance.js';
import type { Instance } from '../instance.js';
import type { Lab } from '../lab.js';
import { allowedProcessors } from '../processes.js';
import { serviceName } from '../subject.js';
import type { Command } from '../subject.js';
import { sleep } from '../waiting.js';
import { servicesOf, standing } from './measure.js';
import type { Measure, Probe, Row, Sample } from './measure.js';

const roundTrips = 2000;
const floodRequests = 20_000;
/** Requests of the flood that are on their way at a time: a socket's queue has room for some 10. */
const floodWindow = 8;

const [first, second] = allowedProcessors();

const apart: Row = { part: 'control', key: 'query-apart', what: 'request and answer, on two processors', unit: 'µs' };

export const query: Measure = {
  title: 'requests and their answers',
  rows: [
    { part: 'control', key: 'query', what: 'request and answer, on one processor', unit: 'µs' },
    ...(second === undefined ? [] : [apart]),
    { part: 'control', key: 'requests', what: `requests answered, ${floodWindow} at a time on their way`, unit: '/s', better: 'more' },
  ],
  needs: ['services', 'protocol'],
  services: 1,
  open: (lab, subject) =>
    standing(lab, subject, servicesOf(1, lab.tool('stamp')), async (instance): Promise<Sample> => {
      const socket = subject.socket?.(instance.place) ?? '';
      const ask = async (...words: readonly (string | number)[]): Promise<readonly number[]> => {
        const [what = '', ...rest] = words.map(String);
        return numbersOf(await instance.run([lab.tool('control'), what, socket, serviceName(1), ...rest]));
      };
      // The processor that the supervisor is left on is free for all again afterwards.
      const trip = async (client: number): Promise<number> => ((await ask('query', roundTrips, instance.pid, first, client))[1] ?? NaN) / 1000;
      const together = await trip(first);
      const separate = second === undefined ? [] : [await trip(second)];
      await lab.run(['taskset', '-a', '-p', '-c', allowedProcessors().join(','), String(instance.pid)]);
      const [ns = NaN] = await ask('flood', floodRequests, floodWindow);
      return { query: [together], 'query-apart': separate, requests: [floodRequests / (ns / 1e9)] };
    }),
};

/** A control tool as a whole process: fork, exec, wait. */
function whole(title: string, row: Omit<Row, 'part' | 'unit'>, services: number, times: number, command: (instance: Instance) => Command | undefined): Measure {
  return {
    title,
    rows: [{ part: 'control', unit: 'ms', ...row }],
    needs: ['services', 'control'],
    services,
    open: (lab, subject): Promise<Probe> =>
      standing(lab, subject, servicesOf(services, lab.tool('stamp')), async (instance): Promise<Sample> => {
        const words = command(instance);
        return words === undefined ? {} : { [row.key]: await instance.time(words, times) };
      }),
  };
}

export const status = whole(
  'the state of one service',
  { key: 'status', what: 'state of one of 100, a whole process' },
  100,
  5,
  ({ subject, place }) => subject.control?.status(place, serviceName(50)),
);

export const list = (services: number, times: number): Measure =>
  whole(`list of ${services}`, { key: `list-${services}`, what: `list of ${services}`, services }, services, times, ({ subject, place }) =>
    subject.control?.list(place, servicesOf(services, '').map(({ name }) => name)),
  );

/** So many take turns: each has been up for long enough when it is its turn, so that it may be started again at once. */
const turns = 20;
const restMs = 100;

export const start: Measure = {
  title: 'start to ready',
  rows: [{ part: 'control', key: 'start', what: '`start` of a service until it is ready', unit: 'ms' }],
  needs: ['services', 'control'],
  services: turns,
  open: (lab: Lab, subject): Promise<Probe> =>
    standing(lab, subject, servicesOf(turns, lab.tool('ready'), { tellsReady: true }), async (instance, run): Promise<Sample> => {
      const { control } = subject;
      if (control === undefined) return {};
      const name = serviceName((run % turns) + 1);
      await instance.run(control.stop(instance.place, name));
      await sleep(restMs);
      return { start: await instance.time(control.start(instance.place, name), 1) };
    }),
};
