/**
 * The whole walk of the service machine on the binary, as a report.
 */
import { readFileSync } from 'node:fs';
import type { AnyStateMachine } from 'xstate';
import type { Compiled } from '../../../machines/compile.js';
import type { RealWalk } from '../report.js';
import { cover } from './cover.js';
import { serviceReasons } from './exceptions.js';
import type { WalkOptions } from './options.js';
import { coverable, plan } from './plan.js';
import type { Planned } from './plan.js';
import { replay } from './replay.js';
import { walkSetting } from './services.js';
import type { Walked } from './services.js';
import { serviceSettings } from './settings.js';
import { prepareActor } from './stage.js';

/** Daemons that are walked at the same time: mostly they wait. */
const daemonsMax = 4;

/** May any process of one's own be held back? Where it may not, what hangs in its exec cannot be seen to die. */
export const mayHold = process.getuid?.() === 0 || ptraceScope() === '0';

function ptraceScope(): string {
  try {
    return readFileSync('/proc/sys/kernel/yama/ptrace_scope', 'latin1').trim();
  } catch {
    return '0';
  }
}

/** Walk all paths of the service machine on the binary, and on XState and the table. Throws an Error if there are no tools for it. */
export async function walkServices(machine: AnyStateMachine, compiled: Compiled, options: WalkOptions = {}): Promise<RealWalk> {
  const started = performance.now();
  prepareActor();
  const { planned } = plan(compiled, serviceSettings);
  const all = planned.reduce((sum, { paths }) => sum + paths.length, 0);
  let done = 0;
  const walked = await inParallel(planned.filter(({ paths }) => paths.length > 0), options.daemons ?? daemonsMax, async (each) => {
    const result = await walkSetting(compiled, each, options);
    options.progress?.((done += each.paths.length), all);
    return result;
  });
  const sum = (count: (each: Walked) => number): number => walked.reduce((total, each) => total + count(each), 0);
  return {
    machine: compiled.id,
    daemons: sum((each) => each.daemons),
    paths: sum(({ paths }) => paths),
    steps: sum(({ steps }) => steps),
    repeated: sum(({ repeated }) => repeated),
    seconds: (performance.now() - started) / 1000,
    covered: cover(compiled, serviceReasons(compiled), coverable(compiled), new Set(walked.flatMap(({ covered }) => [...covered]))),
    failures: [...replay(machine, compiled, planned.flatMap(({ paths }) => paths)), ...walked.flatMap(({ failures }) => failures)],
  };
}

async function inParallel(all: readonly Planned[], count: number, body: (each: Planned) => Promise<Walked>): Promise<readonly Walked[]> {
  // Those with the longest waits go first.
  const open = [...all].sort((a, b) => b.setting.short.length - a.setting.short.length);
  const results: Walked[] = [];
  const worker = async (): Promise<void> => {
    for (let next = open.shift(); next !== undefined; next = open.shift()) results.push(await body(next));
  };
  await Promise.all(Array.from({ length: count }, worker));
  return results;
}
