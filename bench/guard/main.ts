/**
 * The regression guard: `npm run bench -- --quick`, counts that do not depend on the machine, held against stored bounds.
 *
 * Theory of operation. Nothing here is a time. System calls are counted by strace between moments of rest (calls.ts), instructions and
 * allocations by callgrind as differences (instructions.ts), so that the same build gives the same numbers, on a busy machine too. A tool that
 * is missing skips its part, and says so. The bounds are in bounds.json, by kind of build.
 */
import { accessSync, constants, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { constants as os } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { thisMachine } from '../machine.js';
import { accepted, judgeAll, parseBounds } from './bounds.js';
import type { Bounds } from './bounds.js';
import { systemCalls } from './calls.js';
import { isInstalled, kindOfBuild } from './compiler.js';
import { figuresOf, parts } from './figures.js';
import type { FigureId, Measured, Part, Skipped } from './figures.js';
import { bytes, growth, instructionsOf, instructionsOfStep } from './instructions.js';
import { Lab } from './lab.js';
import { Relinking } from './relink.js';
import { endLines, headLine, section, verdictLine } from './report.js';

const help = `usage: npm run bench -- --quick [--check | --accept] [OPTION...]

Count system calls, instructions, allocations and bytes of the built nitro, and hold them against stored bounds.

  --check        exit 1 if a bound is exceeded
  --accept       make what is measured the bounds of this kind of build
  --part NAME    only this part: calls, instructions (and allocations), memory, binary; may be given several times
  --daemon PATH  measure this nitro (build/nitro)
  --bounds FILE  the bounds (bench/guard/bounds.json)
  --help         print this

It needs strace and valgrind; without one of them its part is skipped.
Exit status: 0 measured, 1 a bound is exceeded, or something could not be measured, 2 usage.
`;

interface Findings {
  readonly measured: readonly Measured[];
  readonly skipped: readonly Skipped[];
}

/** Run the guard of the project in `root`; the exit status. */
export async function main(args: readonly string[], root: string): Promise<number> {
  let values;
  try {
    ({ values } = parseArgs({
      args: [...args],
      options: {
        quick: { type: 'boolean' },
        check: { type: 'boolean' },
        accept: { type: 'boolean' },
        part: { type: 'string', multiple: true },
        daemon: { type: 'string' },
        bounds: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    }));
    if (values.check === true && values.accept === true) throw new Error('--check and --accept together');
    const unknown = values.part?.find((part) => !parts.includes(part as Part));
    if (unknown !== undefined) throw new Error(`no such part: ${unknown} (there are ${parts.join(', ')})`);
  } catch (error) {
    process.stderr.write(`bench: ${messageOf(error)}\nTry: npm run bench -- --quick --help\n`);
    return 2;
  }
  if (values.help === true) {
    process.stdout.write(help);
    return 0;
  }
  const daemon = resolve(values.daemon ?? join(root, 'build/nitro'));
  const ownBounds = join(root, 'bench/guard/bounds.json');
  const boundsFile = resolve(values.bounds ?? ownBounds);
  try {
    accessSync(daemon, constants.X_OK);
    const bounds = existsSync(boundsFile) ? parseBounds(readFileSync(boundsFile, 'utf8')) : {};
    const kind = kindOfBuild(daemon);
    const { measured, skipped } = await measure(root, daemon, (values.part as readonly Part[] | undefined) ?? parts);
    const verdicts = judgeAll(measured, skipped, values.accept === true ? {} : bounds, kind);
    process.stdout.write(`${[headLine(kind), ...verdicts.map(verdictLine)].join('\n')}\n\n`);
    if (values.accept === true) {
      writeJson(boundsFile, sorted(accepted(measured, bounds, kind)));
      if (boundsFile === ownBounds) writeDocument(root, section(verdicts, kind));
      process.stdout.write(`accepted   as the bounds of ${kind}\n`);
      return 0;
    }
    process.stdout.write(`${endLines(verdicts, kind)}\n`);
    return values.check === true && verdicts.some((verdict) => verdict.kind === 'over') ? 1 : 0;
  } catch (error) {
    process.stderr.write(`bench: ${messageOf(error)}\n`);
    return 1;
  }
}

/** Every figure of these parts, measured or skipped; of other parts none. */
async function measure(root: string, daemon: string, wanted: readonly Part[]): Promise<Findings> {
  const lab = new Lab(root, daemon);
  const interrupted = (signal: NodeJS.Signals): void => {
    lab.cleanUp();
    process.exit(128 + os.signals[signal]);
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.once(signal, interrupted);
  try {
    const measured: Measured[] = [];
    const skipped: Skipped[] = [];
    for (const part of parts.filter((each) => wanted.includes(each))) {
      const found = await measurePart(part, lab);
      measured.push(...found.measured);
      skipped.push(...found.skipped);
    }
    return { measured, skipped };
  } finally {
    for (const signal of signals) process.off(signal, interrupted);
    lab.cleanUp();
  }
}

async function measurePart(part: Part, lab: Lab): Promise<Findings> {
  const all = (measured: readonly Measured[]): Findings => ({ measured, skipped: [] });
  const none = (ids: readonly FigureId[], why: string): readonly Skipped[] => ids.map((id) => ({ id, why }));
  const program = { calls: 'strace', instructions: 'valgrind', memory: null, binary: null }[part];
  if (program !== null && !isInstalled(program)) return { measured: [], skipped: none(figuresOf[part], `${program} is missing`) };
  switch (part) {
    case 'calls':
      return all(await systemCalls(lab));
    case 'memory':
      return all([await growth(lab)]);
    case 'binary':
      return all([bytes(lab)]);
    case 'instructions': {
      const objects = objectsOf(lab);
      const measured = await instructionsOf(lab, objects?.withNames(lab.daemon) ?? lab.daemon, objects !== null);
      if (objects !== null) return all([...measured, await instructionsOfStep(lab, objects.around(lab.daemon, 'bench/model/host-steps.ts'))]);
      const missing = figuresOf[part].filter((id) => !measured.some((each) => each.id === id));
      return { measured, skipped: none(missing, 'the objects in build/objects are not those of this binary: `npm run build` makes both') };
    }
  }
}

/** The objects that the daemon was linked from, if they are there. */
function objectsOf(lab: Lab): Relinking | null {
  if (!existsSync(join(lab.root, 'build/objects'))) return null;
  const objects = new Relinking(lab.root, lab.base);
  return objects.isOf(lab.daemon) ? objects : null;
}

/** What the page of performance shows. */
function writeDocument(root: string, shown: ReturnType<typeof section>): void {
  const { processors, kernel, node } = thisMachine();
  const document = { machine: `${processors}, ${kernel}, Node ${node}`, date: new Date().toISOString().slice(0, 10), sections: [shown] };
  writeJson(join(root, 'docs/performance/guard.json'), document);
}

function writeJson(file: string, value: unknown): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(value, null, 2)}\n`);
}

/** So that a change of one kind is a change of some lines of the file. */
const sorted = (bounds: Bounds): Bounds => Object.fromEntries(Object.entries(bounds).sort(([one], [other]) => (one < other ? -1 : 1)));

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
