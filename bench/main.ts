/**
 * The benchmark from beginning to end.
 *
 * Theory of operation. The supervisors that there are (`subjects/`), each described by one object, are put in a lab (`lab.ts`), where the measures of
 * the plan (`plan.ts`) are made with all of them, run by run (`runner.ts`). What is found is shown, and kept in docs/performance/results.json
 * (`store.ts`), from which the page and its plots are rendered. What a measure leaves behind, the lab removes, at the end or when the
 * benchmark is interrupted. To compare another supervisor write another subject.
 */
import { constants } from 'node:os';
import { Lab } from './lab.js';
import { loadNow, thisMachine } from './machine.js';
import { parts } from './measures/measure.js';
import { defaults, readOptions, UsageError } from './options.js';
import type { Options } from './options.js';
import { enter, packageNames } from './packages.js';
import { plan } from './plan.js';
import { progressOn } from './progress.js';
import { failureLines, headLines, rowLine } from './report.js';
import { toJson } from './results.js';
import type { PartResult, Results, RowResult } from './results.js';
import { make } from './runner.js';
import { keep, render } from './store.js';
import { names, subjectsOf } from './subjects/all.js';

const help = (): string => `usage: npm run bench -- [OPTION...]

Compare nitro with runit, s6, tini, dumb-init, nitro in C and the least that C can do (bare), and write docs/performance.md. On a quiet machine, please.

  --only PART    measure only this part; may be given several times:
                 ${parts.join(', ')}
  --peers A,B    compare only these: ${names.join(', ')}
  --runs N       how many runs (${defaults.runs}; fewer of what takes long, more where a 99th percentile is wanted)
  --idle N       look at idle supervisors for N seconds (${defaults.idleSeconds})
  --many N       how many services are very many (${defaults.many})
  --daemon PATH  ours is this nitro (build/nitro)
  --ctl PATH     with this nitroctl (the one beside it)
  --write        put the measured parts on the page, in place of what it has of them
  --page         measure nothing; render the page again from docs/performance/results.json
  --json         print JSON, for programs
  --quick        count what does not depend on the machine, and hold it against its bounds
  --help         print this

Without any of these all is measured and the page is written. NITRO_C=DIR names a build of nitro in C: a directory with nitro and nitroctl.
Packages that are missing are downloaded with apt-get and unpacked below build/, not installed.
Exit status: 0 measured, 1 something could not be measured, 2 usage.
`;

/** Run the benchmark of the project in `root`; the exit status. */
export async function main(args: readonly string[], root: string): Promise<number> {
  try {
    const options = readOptions(args, root, names, process.env);
    if (options.help) {
      process.stdout.write(help());
      return 0;
    }
    if (options.page) {
      render(root);
      return 0;
    }
    const asked = packageNames.filter((name) => options.peers?.includes(name) ?? true);
    return (await enter(root, asked, (text) => process.stderr.write(`bench: ${text}\n`))) ?? (await bench(options, root));
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`bench: ${error.message}\nTry: npm run bench -- --help\n`);
    return 2;
  }
}

async function bench(options: Options, root: string): Promise<number> {
  const lab = new Lab(root);
  const { here: subjects, missing } = subjectsOf(options, root, (name) => lab.tool(name));
  const interrupted = (signal: NodeJS.Signals): void => {
    lab.cleanUp();
    process.exit(128 + constants.signals[signal]);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, interrupted);
  const progress = progressOn(process.stderr);
  const say = (line: string): void => {
    progress.clear();
    if (!options.json) process.stdout.write(`${line}\n`);
  };
  try {
    lab.prepare();
    const machine = thisMachine();
    const before = loadNow();
    const infos = subjects.map(({ name, version }) => ({ name, version }));
    say(headLines(infos, missing, machine, before));
    const rows: RowResult[] = [];
    const wanted = plan(options).filter((measure) => measure.rows.some(({ part }) => options.only.includes(part)));
    for (const [index, measure] of wanted.entries()) {
      const found = await make(measure, subjects, lab, options.runs, options.only, (text) => progress.show(`${index + 1}/${wanted.length} ${text}`));
      rows.push(...found);
      for (const row of found) say(rowLine(row, infos));
    }
    const date = new Date().toISOString().slice(0, 10);
    const partOf = (part: PartResult['part']): PartResult => ({
      part, date, machine, load: [before, loadNow()], subjects: infos, missing, rows: rows.filter((row) => row.part === part),
    });
    const results: Results = { parts: options.only.map(partOf) };
    if (options.json) process.stdout.write(toJson(results));
    for (const line of failureLines(rows)) say(line);
    if (options.write) {
      keep(root, results);
      render(root);
      say('written    docs/performance.md');
    } else say('The page is not written: it takes a whole run, or --write.');
    return failureLines(rows).length > 0 ? 1 : 0;
  } catch (error) {
    process.stderr.write(`bench: ${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  } finally {
    progress.clear();
    lab.cleanUp();
  }
}
