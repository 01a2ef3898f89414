/**
 * Instructions, counted by callgrind, and blocks that the engine allocates, by the calls of its allocator.
 *
 * Theory of operation. A daemon runs under callgrind from its start to its end, once with some requests and once with many more. Everything
 * else is the same in both, so the difference is that of the requests. The same holds for steps of the table, which a program of its own
 * takes on the host (bench/model/host-steps.ts).
 */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { numberIn } from '../processes.js';
import { run } from './calls.js';
import { listedServices } from './figures.js';
import type { Measured } from './figures.js';
import type { Lab } from './lab.js';
import { Stage, serviceName } from './stage.js';

/** A page of the list is full. */
const requests = { few: 100, many: 600 } as const;
const pages = { few: 10, many: 110 } as const;
const steps = { few: 20_000, many: 60_000 } as const;
const growthRequests = { first: 2000, more: 10_000 } as const;
/** runtime/host/memory.c */
const allocator = 'engine_malloc';

const underCallgrind = (file: string): readonly string[] => ['valgrind', '-q', '--tool=callgrind', `--callgrind-out-file=${file}`];

export interface Profile {
  readonly instructions: number;
  readonly allocations: number;
}

/** What callgrind wrote: all instructions, and calls of the allocator if the binary has names. Names are written once, and then their number. */
export function profileIn(text: string): Profile {
  const instructions = Number(/^(?:summary|totals): (\d+)/m.exec(text)?.[1] ?? NaN);
  if (!(instructions > 0)) throw new Error('callgrind has written no sum');
  const names = new Map<string, string>();
  let called = '';
  let allocations = 0;
  for (const line of text.split('\n')) {
    const [, kind, number = '', name] = /^(fn|cfn)=\((\d+)\)(?: (.*))?$/.exec(line) ?? [];
    if (kind !== undefined && name !== undefined) names.set(number, name);
    if (kind === 'cfn') called = names.get(number) ?? '';
    const calls = /^calls=(\d+)/.exec(line)?.[1];
    if (calls !== undefined && called === allocator) allocations += Number(calls);
  }
  return { instructions, allocations };
}

/** A request, a page of the list, and nitroctl; `binary` is the daemon, with names if allocations are wanted. */
export async function instructionsOf(lab: Lab, binary: string, hasNames: boolean): Promise<readonly Measured[]> {
  const query = (count: number): string => `query ${serviceName(1)} ${String(count)}`;
  const asked = [await profileOf(lab, binary, 0, query(requests.few)), await profileOf(lab, binary, 0, query(requests.many))];
  const list = (count: number): string => `list 0 ${String(count)}`;
  const listed = [await profileOf(lab, binary, listedServices, list(pages.few)), await profileOf(lab, binary, listedServices, list(pages.many))];
  const each = ([from, to]: readonly Profile[], key: keyof Profile, by: number): number =>
    Math.round(((to?.[key] ?? NaN) - (from?.[key] ?? NaN)) / by);
  const allocations = each(asked, 'allocations', requests.many - requests.few);
  return [
    { id: 'instructions.request', value: each(asked, 'instructions', requests.many - requests.few) },
    { id: 'instructions.page', value: each(listed, 'instructions', pages.many - pages.few) },
    { id: 'instructions.list', value: await listing(lab) },
    ...(hasNames ? [{ id: 'allocations.request', value: allocations } as const] : []),
  ];
}

/**
 * The life of a daemon with so many services that run, which gets an order (ask.c). Of none there is one that is down: the answer about it holds no
 * pid, and so no byte above 127 by chance, for which the host converts the answer in a block more.
 */
async function profileOf(lab: Lab, daemon: string, running: number, order: string): Promise<Profile> {
  const file = join(lab.base, 'daemon.callgrind');
  const play = { daemon, under: underCallgrind(file), service: lab.tool('service') };
  const stage = new Stage(lab, running > 0 ? { ...play, services: running } : { ...play, services: 1, areDown: true });
  await stage.atRest(running);
  await stage.asking((carryOut) => carryOut(order));
  await stage.end();
  return profileIn(readFileSync(file, 'latin1'));
}

/** nitroctl from its exec to its end. */
async function listing(lab: Lab): Promise<number> {
  const file = join(lab.base, 'list.callgrind');
  const stage = new Stage(lab, { services: listedServices, daemon: lab.daemon, under: [], service: lab.tool('service') });
  await stage.atRest(listedServices);
  await run([...underCallgrind(file), lab.ctl, 'list'], stage.environment);
  await stage.end();
  return profileIn(readFileSync(file, 'latin1')).instructions;
}

/** A step of the table; `program` is the host around bench/model/host-steps.ts. */
export async function instructionsOfStep(lab: Lab, program: string): Promise<Measured> {
  const file = join(lab.base, 'steps.callgrind');
  const taken = async (count: number): Promise<number> => {
    await run([...underCallgrind(file), program, String(count)], lab.environment({}));
    return profileIn(readFileSync(file, 'latin1')).instructions;
  };
  const [few, many] = [await taken(steps.few), await taken(steps.many)];
  return { id: 'instructions.step', value: Math.round((many - few) / (steps.many - steps.few)) };
}

/** Private memory that 10,000 requests leave behind, in KB, after some that filled what is kept. */
export async function growth(lab: Lab): Promise<Measured> {
  const stage = new Stage(lab, { services: 1, daemon: lab.daemon, under: [], service: lab.tool('service') });
  await stage.atRest(1);
  const privateKb = (): number => numberIn(stage.pid, 'smaps_rollup', 'Private_Dirty');
  let grown = 0;
  await stage.asking(async (order) => {
    await order(`brisk ${serviceName(1)} ${String(growthRequests.first)}`);
    const before = privateKb();
    await order(`brisk ${serviceName(1)} ${String(growthRequests.more)}`);
    grown = privateKb() - before;
  });
  await stage.end();
  return { id: 'growth.requests', value: Math.max(0, grown) };
}

export const bytes = (lab: Lab): Measured => ({ id: 'bytes.binary', value: statSync(lab.daemon).size });
