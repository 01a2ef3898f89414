/**
 * What it takes of the disk and of the memory.
 */
import { statSync } from 'node:fs';
import { figure } from '../figures.js';
import type { Finding } from '../figures.js';
import type { Lab } from '../lab.js';
import { numberIn, residentKb } from '../processes.js';
import { sleep } from '../waiting.js';
import { repeat } from './measure.js';
import type { Measure } from './measure.js';

/** Time after which memory is looked at: everything is up then. */
const settledAfterMs = 2500;
/** Each run takes that long: not too many of them. */
const runsMax = 3;

export const size: Measure = {
  name: 'size',
  about: 'size of the programs',
  // A generator, as all measures are: there is nothing to wait for.
  // eslint-disable-next-line @typescript-eslint/require-await
  async *findings({ subject }): AsyncGenerator<Finding> {
    const bytes = subject.binaries.reduce((sum, path) => sum + statSync(path).size, 0);
    const note = subject.binaries.length > 1 ? `${subject.binaries.length} programs` : undefined;
    yield figure('binary size', 'KB', [bytes / 1024], { atMost: 700, ...(note === undefined ? {} : { note }) });
  },
};

export const memory: Measure = {
  name: 'memory',
  about: `resident memory ${settledAfterMs / 1000} s after the start, with one service and with 500`,
  async *findings(lab): AsyncGenerator<Finding> {
    yield* residentWith(lab, 1, 1.5 * 1024);
    yield* residentWith(lab, 500, 2.5 * 1024);
  },
};

async function* residentWith(lab: Lab, services: number, atMost: number): AsyncGenerator<Finding> {
  const both = await repeat(Math.min(lab.options.runs, runsMax), () =>
    lab.with(services, async (instance) => {
      await instance.waitExecuted();
      await sleep(settledAfterMs);
      return [residentKb(instance.pid), numberIn(instance.pid, 'status', 'RssAnon')] as const;
    }),
  );
  const anonymous = Math.max(...both.map(([, kb]) => kb));
  const note = `of that its own, not of the file: up to ${anonymous} KB`;
  yield figure(`resident, ${services} ${services === 1 ? 'service' : 'services'}`, 'KB', both.map(([kb]) => kb), { atMost, note });
}
