/**
 * How fast it starts, and starts services, and starts them again.
 */
import { figure } from '../figures.js';
import type { Finding } from '../figures.js';
import { processorMs } from '../processes.js';
import { repeat } from './measure.js';
import type { Measure } from './measure.js';

/** Services of a big machine. */
const someServices = 499;

export const start: Measure = {
  name: 'start',
  about: `from the daemon's exec to that of its first service, and to that of the last of ${someServices}`,
  async *findings(lab): AsyncGenerator<Finding> {
    const { runs } = lab.options;
    const one = await repeat(runs, () => lab.with(1, (instance) => instance.waitExecuted()));
    yield figure('start to exec of its only service', 'ms', one.map(({ first }) => first), { atMost: 5 });

    const some = await repeat(runs, () =>
      lab.with(someServices, async (instance) => {
        const executed = await instance.waitExecuted();
        return { ...executed, running: await instance.waitRunning(), processor: processorMs(instance.pid) };
      }),
    );
    yield figure(`start to exec of the first of ${someServices}`, 'ms', some.map(({ first }) => first));
    yield figure(`start to exec of the last of ${someServices}`, 'ms', some.map(({ last }) => last), { atMost: 500 });
    const running = some.flatMap((run) => run.running ?? []);
    const what = `start until ${someServices} are STARTING`;
    if (running.length > 0) yield figure(what, 'ms', running, { atMost: 500, note: 'as LIST says it: some ms late' });
    else yield { kind: 'skipped', what, why: 'it has no control protocol' };
    const processor = some.flatMap((run) => run.processor ?? []);
    if (processor.length > 0) yield figure(`processor time to start ${someServices}`, 'ms', processor);
  },
};

/** Restarts to be timed: each needs a service that has lived for a while. */
const restarts = 30;
const restartWithinMs = 5000;

export const restart: Measure = {
  name: 'restart',
  about: 'from the kill -9 of a service that is up to its next exec',
  async *findings(lab): AsyncGenerator<Finding> {
    const taken = await lab.with(restarts, async (instance) => {
      await instance.waitUp();
      const pids = instance.executed().map(({ pid }) => String(pid));
      return await lab.runForNumbers([lab.tool('crash'), instance.stampsPath, String(restartWithinMs), ...pids]);
    });
    if (taken.some((ns) => ns < 0)) throw new Error(`a service was not started again within ${restartWithinMs} ms`);
    yield figure('kill -9 to the next exec', 'ms', taken.map((ns) => ns / 1e6), { atMost: 3 });
  },
};
