/**
 * The benchmark from beginning to end.
 *
 * Theory of operation. A subject (`subject.ts`), which is a supervisor, is put in a lab (`lab.ts`), where each of the measures finds
 * figures (`figures.ts`). They are shown as they are found (`report.ts`). What a measure leaves behind, the lab removes, at the
 * end or when the benchmark is interrupted. To measure another supervisor write another subject.
 */
import { accessSync, constants as files } from 'node:fs';
import { constants } from 'node:os';
import { dirname } from 'node:path';
import type { Finding } from './figures.js';
import { Lab } from './lab.js';
import { loadNow, thisMachine } from './machine.js';
import { flood, list, query } from './measures/control.js';
import { idle } from './measures/idle.js';
import { many } from './measures/many.js';
import type { Measure } from './measures/measure.js';
import { memory, size } from './measures/size.js';
import { restart, start } from './measures/start.js';
import { defaults, readOptions, UsageError } from './options.js';
import type { Options } from './options.js';
import { endLines, findingLine, headLines, json } from './report.js';
import { nitroSubject } from './subject.js';

const measures: readonly Measure[] = [size, memory, start, restart, query, list, idle, many, flood];

const help = (): string => `usage: npm run bench -- [OPTION...]

Measure nitro and hold the figures against their targets. On a quiet machine, please.

  --only NAME    make only this measure; may be given several times:
${measures.map(({ name, about }) => `                   ${name.padEnd(9)}${about}`).join('\n')}
  --runs N       how many times (${defaults.runs}; fewer of what takes long)
  --idle N       look at the idle daemon for N seconds (${defaults.idleSeconds})
  --many N       how many services are very many (${defaults.many})
  --daemon PATH  measure this nitro (build/nitro)
  --ctl PATH     with this nitroctl (the one beside it)
  --json         print JSON, for programs
  --help         print this

A target holds for the median; one that is missed is said so. A KB has 1024 bytes.
Exit status: 0 measured, 1 something could not be measured, 2 usage.
`;

/** Run the benchmark of the project in `root`; the exit status. */
export async function main(args: readonly string[], root: string): Promise<number> {
  try {
    const options = readOptions(args, root, measures.map(({ name }) => name));
    if (!options.help) return await bench(options, root);
    process.stdout.write(help());
    return 0;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`bench: ${error.message}\nTry: npm run bench -- --help\n`);
    return 2;
  }
}

async function bench(options: Options, root: string): Promise<number> {
  for (const path of [options.daemon, options.ctl]) {
    if (isExecutable(path)) continue;
    process.stderr.write(`bench: there is no program ${path}. \`npm run build\` makes build/nitro and build/nitroctl.\n`);
    return 1;
  }
  const subject = nitroSubject(options.daemon, options.ctl);
  const lab = new Lab(root, subject, options);
  const interrupted = (signal: NodeJS.Signals): void => {
    lab.cleanUp();
    process.exit(128 + constants.signals[signal]);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, interrupted);
  try {
    lab.prepare();
    const findings: Finding[] = [];
    const machine = thisMachine();
    const place = dirname(lab.base);
    const before = loadNow();
    if (!options.json) process.stdout.write(`${headLines(subject.name, place, machine, before)}\n`);
    for (const measure of measures.filter(({ name }) => options.only.length === 0 || options.only.includes(name))) {
      for await (const finding of findingsOf(measure, lab)) {
        findings.push(finding);
        if (!options.json) process.stdout.write(`${findingLine(finding)}\n`);
      }
    }
    const report = { subject: subject.name, place, machine, load: [before, loadNow()] as const, findings };
    process.stdout.write(`${options.json ? json(report) : endLines(report)}\n`);
    return findings.some(({ kind }) => kind === 'failed') ? 1 : 0;
  } catch (error) {
    process.stderr.write(`bench: ${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  } finally {
    lab.cleanUp();
  }
}

/** What a measure finds, its failure among that. */
async function* findingsOf(measure: Measure, lab: Lab): AsyncGenerator<Finding> {
  try {
    yield* measure.findings(lab);
  } catch (error) {
    yield { kind: 'failed', what: measure.name, why: error instanceof Error ? error.message.trim() : String(error) };
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, files.X_OK);
    return true;
  } catch {
    return false;
  }
}
