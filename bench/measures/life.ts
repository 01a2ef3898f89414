/**
 * A whole life with so many services: boot, what is taken when all has settled, shutdown.
 */
import { statSync } from 'node:fs';
import { settleMs } from '../instance.js';
import type { Lab } from '../lab.js';
import { footprintOf } from '../processes.js';
import { serviceName } from '../subject.js';
import type { Service, Skill } from '../subject.js';
import { sleep } from '../waiting.js';
import { fresh, servicesOf } from './measure.js';
import type { Measure, Row, Sample } from './measure.js';

export const disk: Measure = {
  title: 'what is on the disk',
  rows: [{ part: 'footprint', key: 'disk', what: 'on disk', unit: 'KB' }],
  needs: ['footprint'],
  services: 0,
  runsMost: 1,
  open: (_lab, { files }) => {
    const sample = { disk: [files.reduce((sum, path) => sum + statSync(path).size, 0) / 1024] };
    return Promise.resolve({ sample: () => Promise.resolve(sample), close: () => Promise.resolve() });
  },
};

/** What is looked at in a life, beside the boot. */
interface Looks {
  readonly footprint?: true;
  readonly list?: true;
  readonly shutdown?: true;
  /** Nothing is timed. */
  readonly together?: true;
}

const count = (services: number): string => services.toLocaleString('en-US');
const ofServices = (services: number): string => `${count(services)} ${services === 1 ? 'service' : 'services'}`;

/** Supervisors of one child take part where there is one. */
const needed = (services: number): readonly Skill[] => (services === 1 ? [] : ['services']);

export function life(services: number, { footprint, list, shutdown, together }: Looks): Measure {
  const rows: Row[] = [];
  const with_ = ofServices(services);
  if (services > 0) rows.push({ part: 'boot', key: `boot-${services}`, what: with_, unit: 'ms', services });
  if (footprint) {
    const needs: readonly Skill[] = ['footprint'];
    rows.push(
      { part: 'footprint', key: `resident-${services}`, what: `resident, ${with_}`, unit: 'KB', services, needs },
      { part: 'footprint', key: `proportional-${services}`, what: `proportional, ${with_}`, unit: 'KB', services, needs },
      { part: 'footprint', key: `threads-${services}`, what: `threads, ${with_}`, unit: '', services, needs },
      { part: 'footprint', key: `descriptors-${services}`, what: `descriptors, ${with_}`, unit: '', services, needs },
    );
  }
  if (list) rows.push({ part: 'control', key: `list-${services}`, what: `list of ${count(services)}`, unit: 'ms', services, needs: ['control'] });
  if (shutdown) rows.push({ part: 'shutdown', key: `shutdown-${services}`, what: with_, unit: 'ms', services });
  return {
    title: `a life with ${with_}`,
    rows,
    needs: needed(services),
    services,
    ...(together === undefined ? {} : { together }),
    open: (lab, subject) =>
      fresh(lab, subject, servicesOf(services, lab.tool('stamp')), async (instance) => {
        const boot = await instance.waitExecuted();
        if (footprint || list || shutdown) await sleep(settleMs);
        const taken = footprint ? footprintOf(instance.supervision()) : undefined;
        const names = servicesOf(services, '').map(({ name }) => name);
        const listing = list ? subject.control?.list(instance.place, names) : undefined;
        const listed = listing === undefined ? [] : await instance.time(listing, 1);
        const ended = await instance.end();
        const sample: Record<string, readonly number[]> = {
          [`boot-${services}`]: [boot],
          [`list-${services}`]: listed,
          [`shutdown-${services}`]: [ended],
        };
        for (const [name, value] of Object.entries(taken ?? {})) sample[`${name}-${services}`] = [Number(value)];
        return sample;
      }),
  };
}

/** Boots of other kinds than that of plain services. */
function boot(kind: 'setup' | 'loggers', services: number, what: string, more: (lab: Lab) => Omit<Service, 'name' | 'run'>): Measure {
  const key = `boot-${kind}-${services}`;
  const all = `${ofServices(services)}, ${services === 1 ? '' : 'each '}with a ${what}`;
  const loggers = kind === 'loggers' ? services : 0;
  return {
    title: `boot: ${all}`,
    rows: [{ part: 'boot', key, what: all, unit: 'ms', services }],
    needs: ['services', kind],
    services: services + loggers,
    loggers,
    open: (lab, subject) =>
      fresh(lab, subject, servicesOf(services, lab.tool('stamp'), more(lab)), async (instance): Promise<Sample> => {
        return { [key]: [await instance.waitExecuted()] };
      }),
  };
}

export const bootWithSetup = (services: number): Measure =>
  boot('setup', services, 'setup', (lab) => ({ setup: lab.tool('done') }));

export const bootWithLoggers = (services: number): Measure =>
  boot('loggers', services, 'logger of its own', (lab) => ({ logger: lab.tool('logger') }));

/** How long services get that do not obey, in ms: what is built into nitro. */
const killAfterMs = 7000;
const others = 9;

export const stubborn: Measure = {
  title: 'shutdown with one that does not obey',
  rows: [
    { part: 'shutdown', key: 'shutdown-stubborn', what: `${others + 1} services, one of which has to be killed after ${killAfterMs / 1000} s`, unit: 'ms' },
  ],
  needs: ['services', 'kill'],
  services: others + 1,
  together: true,
  open: (lab, subject) => {
    const services = [...servicesOf(others, lab.tool('stamp')), { name: serviceName(others + 1), run: lab.tool('stubborn'), killAfterMs }];
    return fresh(lab, subject, services, async (instance) => {
      await instance.waitExecuted();
      return { 'shutdown-stubborn': [await instance.end()] };
    });
  },
};
