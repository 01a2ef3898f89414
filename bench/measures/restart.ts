/**
 * From the kill -9 of a service to its next exec.
 *
 * All supervisors wait for a while if a life was shorter than 1 s; so each service that is killed has lived for longer. They are killed in turn.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { readlinkSync } from 'node:fs';
import { numbersOf } from '../instance.js';
import type { Instance } from '../instance.js';
import type { Lab } from '../lab.js';
import { serviceName } from '../subject.js';
import { sleep } from '../waiting.js';
import { servicesOf, standing } from './measure.js';
import type { Measure, Sample } from './measure.js';

const withinMs = 10_000;
const lifeMs = 1200;
/** From the begin of the flood to the kill. */
const floodedMs = 60;
/** For a 99th percentile there have to be many. */
const killsARun = 7;

interface Victim {
  readonly name: string;
  readonly pid: number;
  readonly since: number;
}

export function crash(others: number, isFlooded: boolean): Measure {
  const key = `restart-${others}${isFlooded ? '-flood' : ''}`;
  const what = `${others} other ${others === 1 ? 'service' : 'services'}, ${isFlooded ? 'in a flood of requests' : 'idle'}`;
  return {
    title: `crash to restart: ${what}`,
    rows: [{ part: 'restart', key, what, unit: 'ms', services: others }],
    needs: isFlooded ? ['services', 'flood'] : ['services'],
    services: others + 1,
    runsTimes: killsARun,
    async open(lab, subject) {
      let victims: Victim[] | undefined;
      return await standing(lab, subject, servicesOf(others + 1, lab.tool('stamp')), async (instance): Promise<Sample> => {
        victims ??= victimsOf(instance);
        const victim = victims.shift();
        if (victim === undefined) throw new Error('there is nothing to kill');
        const flood = isFlooded ? floodOf(lab, instance, victim) : undefined;
        try {
          await sleep(Math.max(flood === undefined ? 0 : floodedMs, victim.since + lifeMs - performance.now()));
          const [ns = -1, pid = -1] = numbersOf(await instance.run([lab.tool('crash'), instance.stampsPath, String(withinMs), String(victim.pid)]));
          if (ns < 0) throw new Error(`a service was not started again within ${withinMs} ms`);
          victims.push({ ...victim, pid, since: performance.now() });
          return { [key]: [ns / 1e6] };
        } finally {
          await end(flood);
        }
      });
    },
  };
}

/** Services by their processes: which is which says the working directory. */
function victimsOf(instance: Instance): Victim[] {
  return instance.executed().map(({ pid }) => {
    const name = readlinkSync(`/proc/${pid}/cwd`).split('/').at(-1) ?? serviceName(1);
    return { name, pid, since: 0 };
  });
}

function floodOf(lab: Lab, { subject, place }: Instance, { name }: Victim): ChildProcess | undefined {
  const [program, ...args] = subject.flood?.(place, name, (tool) => lab.tool(tool)) ?? [undefined];
  if (program === undefined) return undefined;
  return spawn(program, args, { env: lab.environment(place.base, subject.environment(place)), stdio: 'ignore' });
}

async function end(child: ChildProcess | undefined): Promise<void> {
  if (child === undefined) return;
  if (child.exitCode !== null || child.signalCode !== null) throw new Error('the flood ended by itself');
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await gone;
}
