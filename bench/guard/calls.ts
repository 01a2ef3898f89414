/**
 * System calls, counted by strace.
 *
 * Theory of operation. Between two moments of rest (stage.ts) nitro does the same each time, so the calls in between can be counted one by
 * one. Some steps have a call more, when memory runs out and a page is added; the value that comes most often is the step's own. A boot is
 * different: services are executed while others are forked, and how many of these facts nitro finds at a time is chance. So the execs are
 * held back by a lease until all are forked, and nitro is stopped until all are executed; then it finds them at once. What a service
 * adds to that is the slope between two numbers of services, taken for each call by itself.
 */
import { spawn } from 'node:child_process';
import { copyFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Lab } from './lab.js';
import { listedServices } from './figures.js';
import type { Measured } from './figures.js';
import { serviceName, Stage } from './stage.js';
import { addedByOne, callsIn, mostFrequent, sumOf } from './trace.js';
import type { Calls } from './trace.js';

const times = 12;
const settledMs = 3100;
const pagedServices = 100;
/** So few that all share nitro's memory until their exec (runtime/host/sharing.c), although each is held back there. */
const bootsOf = [1, 7] as const;

const straced = (file: string): readonly string[] => ['strace', '-D', '-f', '-s', '0', '-o', file];

/** All figures of system calls. */
export async function systemCalls(lab: Lab): Promise<readonly Measured[]> {
  return [...(await ofSteps(lab)), ...(await ofListing(lab)), await ofBoot(lab)];
}

/** One stage for all that is counted between two moments of rest. */
async function ofSteps(lab: Lab): Promise<readonly Measured[]> {
  const file = join(lab.base, 'steps.trace');
  const stage = new Stage(lab, { services: pagedServices, daemon: lab.daemon, under: straced(file), service: lab.tool('service') });
  await stage.atRest(pagedServices);
  const count = (): number => sumOf(callsIn(readFileSync(file, 'latin1')));
  const each = async (one: (number: number) => Promise<void>): Promise<number> => {
    const values: number[] = [];
    for (let number = 1; number <= times; number++) {
      await stage.asleep();
      const before = count();
      await one(number);
      values.push(count() - before);
    }
    return mostFrequent(values);
  };
  let query = 0;
  let page = 0;
  await stage.asking(async (order) => {
    query = await each(() => order(`query ${serviceName(1)} 1`));
    page = await each(() => order('list 0 1'));
  });
  const pids = childrenOf(stage.pid);
  // Those who asked had a socket in notify/, which is read anew until it is left alone for a while (runtime/host/files.c).
  await sleep(settledMs);
  const restart = await each(async (number) => {
    const starts = stage.starts();
    process.kill(pids[number] ?? NaN, 'SIGKILL');
    await stage.atRest(starts + 1);
  });
  await stage.end();
  return [
    { id: 'calls.restart', value: restart },
    { id: 'calls.request', value: query },
    { id: 'calls.page', value: page },
  ];
}

/** How much memory it takes depends on the digits of the pids: that is not counted. */
const ofMemory: ReadonlySet<string> = new Set(['brk', 'mmap', 'munmap', 'mprotect', 'madvise']);

/** nitroctl as a whole process. */
async function ofListing(lab: Lab): Promise<readonly Measured[]> {
  const stage = new Stage(lab, { services: listedServices, daemon: lab.daemon, under: [], service: lab.tool('service') });
  await stage.atRest(listedServices);
  const file = join(lab.base, 'list.trace');
  const values: number[] = [];
  for (let count = 0; count < times; count++) {
    await run(['strace', '-o', file, lab.ctl, 'list'], stage.environment);
    const names = readFileSync(file, 'latin1').split('\n').flatMap((line) => /^([a-z]\w*)\(/.exec(line)?.[1] ?? []);
    values.push(names.filter((name) => !ofMemory.has(name)).length);
  }
  await stage.end();
  return [{ id: 'calls.list', value: mostFrequent(values) }];
}

async function ofBoot(lab: Lab): Promise<Measured> {
  const [few, many] = bootsOf;
  const ofFew = await bootOf(lab, few);
  const ofMany = await bootOf(lab, many);
  return { id: 'calls.boot', value: addedByOne(ofFew, ofMany, many - few) };
}

/** System calls of a boot of so many services. */
async function bootOf(lab: Lab, services: number): Promise<Calls> {
  const file = join(lab.base, `boot-${String(services)}.trace`);
  const service = join(lab.base, `leased-${String(services)}`);
  copyFileSync(lab.tool('service'), service);
  const lease = spawn(lab.tool('lease'), [service], { env: lab.environment({}), stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = new Promise((resolve) => lease.once('close', resolve));
  await new Promise((resolve, reject) => {
    lease.stdout.once('data', resolve);
    lease.once('error', reject);
  });
  const stage = new Stage(lab, { services, daemon: lab.daemon, under: straced(file), service });
  const asks = (): number => (existsSync(file) ? readFileSync(file, 'latin1').split('\n').filter((line) => line.includes(' execve(')).length : 0);
  await stage.until('all services are forked', () => childrenOf(stage.pid).length >= services && asks() > services);
  await stage.asleep();
  process.kill(stage.pid, 'SIGSTOP');
  lease.stdin.end();
  await ended;
  await stage.until('all services are executed', () => stage.starts() >= services);
  process.kill(stage.pid, 'SIGCONT');
  await stage.asleep();
  const calls = callsIn(readFileSync(file, 'latin1'));
  await stage.end();
  return calls;
}

/** Processes whose parent this is. */
function childrenOf(pid: number): readonly number[] {
  return readFileSync(`/proc/${String(pid)}/task/${String(pid)}/children`, 'latin1').trim().split(' ').map(Number).filter((child) => child > 0);
}

/** Run a program to its end; throws if it fails. */
export function run(command: readonly string[], environment: Record<string, string>): Promise<void> {
  const [program = '', ...args] = command;
  const child = spawn(program, args, { env: environment, stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.setEncoding('latin1').on('data', (text) => (said += String(text)));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status, signal) => {
      if (status === 0) resolve();
      else reject(new Error(`${command.join(' ')}: ended with ${String(status ?? signal)}: ${said.trim()}`));
    });
  });
}
