/**
 * The part `binary`: the machines, walked on the real daemon by its scripts, requests and time.
 *
 * Each path needs a daemon, and processes that are held back; what cannot be done here (no binary, no compiler for the tools, no right to hold
 * a process or to be pid 1) is not run, and said so.
 */
import { accessSync, constants } from 'node:fs';
import type { AnyStateMachine } from 'xstate';
import { compile } from '../../../machines/compile.js';
import type { Compiled } from '../../../machines/compile.js';
import { serviceMachine } from '../../../machines/service.js';
import { systemMachine } from '../../../machines/system.js';
import type { Target, WalkOptions } from '../../../model-tests/walk/binary/options.js';
import { builtTarget, whyNoActor } from '../../../model-tests/walk/binary/stage.js';
import { mayHold, walkServices } from '../../../model-tests/walk/binary/walk-services.js';
import { mayBePid1, walkSystem } from '../../../model-tests/walk/binary/walk-system.js';
import type { RealWalk } from '../../../model-tests/walk/report.js';
import type { Finding, Part } from './part.js';

type Walker = (machine: AnyStateMachine, compiled: Compiled, options: WalkOptions) => Promise<RealWalk>;

/** Why there is nothing to walk on; null: there is. */
function whyNot({ daemon }: Target): string | null {
  try {
    accessSync(daemon, constants.X_OK);
  } catch {
    return `there is no ${daemon} to walk on: build it with \`npm run build\`, or name one with --daemon`;
  }
  const failure = whyNoActor();
  return failure === null ? null : `the tools of the walk are missing: ${failure}`;
}

function linesOf({ machine, paths, steps, daemons, repeated, covered, failures }: RealWalk, without: string | null): readonly string[] {
  const walked =
    `${machine}: ${String(paths)} paths, ${String(steps)} steps, ${String(daemons)} daemons, ${String(failures.length)} failures; ` +
    `${String(repeated)} begun again because a timer was faster than the walker.`;
  const goals = covered.map(({ what, goals: all, reached, missing, exceptions }) => {
    const excepted = exceptions.reduce((sum, each) => sum + each.goals.length, 0);
    const left = without === null ? `${String(missing.length)} not reached` : `${String(missing.length)} not walked, ${without}`;
    return `${machine}: ${what}: ${String(reached)} of ${String(all)}, ${String(excepted)} that cannot be caused from outside, each with a reason; ${left}.`;
  });
  return [walked, ...goals];
}

export const binary: Part = {
  name: 'binary',
  claim: 'On the real daemon, everything that can be caused from outside does what XState and the table say.',
  check: async ({ target }, progress): Promise<Finding> => {
    const chosen = target ?? builtTarget();
    const notRun = whyNot(chosen) ?? (mayHold ? null : 'processes may not be held back here (kernel.yama.ptrace_scope): run it as root');
    if (notRun !== null) return { holds: true, notRun, lines: [], counterexamples: [], data: { daemon: chosen.daemon, notRun } };
    const counts = new Map<string, { readonly done: number; readonly all: number }>();
    const walk = async (machine: AnyStateMachine, walker: Walker): Promise<RealWalk> =>
      await walker(machine, compile(machine), {
        target: chosen,
        progress: (done, all) => {
          counts.set(machine.id, { done, all });
          const sums = [...counts.values()].reduce((sum, each) => ({ done: sum.done + each.done, all: sum.all + each.all }));
          progress(sums.done, sums.all);
        },
      });
    const walks = [await walk(serviceMachine, walkServices), await walk(systemMachine, walkSystem)];
    // What only pid 1 does is not walked where nitro may not be that.
    const withoutPid1 = mayBePid1() ? null : 'for want of the right to make namespaces';
    const without = ({ machine }: RealWalk): string | null => (machine === systemMachine.id ? withoutPid1 : null);
    const gaps = walks.flatMap((each) =>
      without(each) === null ? each.covered.flatMap(({ what, missing }) => missing.map((goal) => `${each.machine}: ${what} not reached: ${goal}`)) : [],
    );
    const counterexamples = [...walks.flatMap(({ failures }) => failures), ...gaps];
    return {
      holds: counterexamples.length === 0,
      lines: [`The daemon is ${chosen.daemon}.`, ...walks.flatMap((each) => linesOf(each, without(each)))],
      counterexamples,
      data: { daemon: chosen.daemon, isPid1Walked: withoutPid1 === null, walks },
    };
  },
};
