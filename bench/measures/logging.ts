/**
 * A service that writes as fast as it can, through its logger: how fast that is, and whether all arrives.
 */
import { readFileSync } from 'node:fs';
import type { Instance } from '../instance.js';
import { serviceName } from '../subject.js';
import { sleep } from '../waiting.js';
import { fresh } from './measure.js';
import type { Measure, Sample } from './measure.js';

const megabytes = 256;
const bytes = megabytes * 1_000_000;
const line = 100;
/** As in flow.h. */
const begin = 1;
const read = 3;
/** What is written has arrived after that, or is lost. */
const withinMs = 15_000;

export function logging(dies: boolean): Measure {
  const suffix = dies ? '-restart' : '';
  const what = dies ? 'its logger is killed in the middle' : 'undisturbed';
  return {
    title: `logging: ${what}`,
    rows: [
      { part: 'logging', key: `logged${suffix}`, what: `through a logger, ${what}`, unit: 'MB/s', better: 'more' },
      { part: 'logging', key: `lost${suffix}`, what: `lines lost of ${(bytes / line).toLocaleString('en-US')}, ${what}`, unit: '' },
    ],
    needs: ['services', 'loggers'],
    services: 2,
    open: (lab, subject) => {
      const services = [{ name: serviceName(1), run: lab.tool('source'), logger: lab.tool('sink') }];
      const environment = { SOURCE_BYTES: String(bytes), ...(dies ? { SINK_DIES: String(bytes / 2) } : {}) };
      return fresh(lab, subject, services, (instance) => flow(instance, suffix), environment);
    },
  };
}

async function flow(instance: Instance, suffix: string): Promise<Sample> {
  await instance.waitExecuted();
  const end = performance.now() + withinMs;
  for (;;) {
    const notes = notesIn(`${instance.stampsPath}.flow`);
    const from = notes.find(({ what }) => what === begin);
    const reads = notes.filter(({ what }) => what === read);
    const got = reads.reduce((sum, note) => sum + note.bytes, 0);
    const last = reads.at(-1);
    if (got < bytes && performance.now() < end) {
      await sleep(20);
      continue;
    }
    if (from === undefined || last === undefined) throw new Error('nothing was logged');
    const seconds = Number(last.ns - from.ns) / 1e9;
    return { [`logged${suffix}`]: [got / 1e6 / seconds], [`lost${suffix}`]: [Math.ceil((bytes - got) / line)] };
  }
}

interface Note {
  readonly what: number;
  readonly ns: bigint;
  readonly bytes: number;
}

function notesIn(path: string): readonly Note[] {
  let data: Buffer;
  try {
    data = readFileSync(path);
  } catch {
    return [];
  }
  const size = 24;
  const notes = Array.from({ length: Math.floor(data.length / size) }, (_, index) => {
    return new BigInt64Array(Uint8Array.from(data.subarray(index * size, (index + 1) * size)).buffer);
  });
  return notes.map(([what = 0n, ns = 0n, count = 0n]) => ({ what: Number(what), ns, bytes: Number(count) }));
}
