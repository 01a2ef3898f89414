/**
 * The soak: a hostile world for as long as one likes, and a report of what was lost.
 *
 * `npm run soak -- --minutes N [--only PART...] [--seed N] [--json]`. The minutes are shared out among the parts: each begins nothing new after its
 * share, and says how far it came. The whole of it takes about two hours on two idle processors. Exit 0: nothing was lost; 1: something was; 2:
 * wrong usage; 3: it cannot run here.
 */
import { parseArgs } from 'node:util';
import prepare from '../end-to-end/harness/tools.js';
import type { Finding, Part } from './part.js';
import { messageOf } from './part.js';
import { parts } from './parts.js';
import { toText } from './report.js';
import { makeHostileTools } from './tools.js';

const usage = `usage: npm run soak -- [--minutes N] [--only PART]... [--scale X] [--seed N] [--json]

  --minutes N  how long all of it may take (default 10)
  --only PART  only this part; may be given several times
  --scale X    counts times X: 1 (default) is the full number
  --seed N     chooses what is chosen (default: the time; it is printed)
  --json       the report as JSON on stdout

parts:
${parts.map(({ name, summary }) => `  ${name.padEnd(12)} ${summary}`).join('\n')}
`;

/** Wrong usage: says why, exits 2. */
function refuse(why: string): never {
  process.stderr.write(`soak: ${why}\n${usage}`);
  process.exit(2);
}

function positive(text: string, option: string): number {
  const number = Number(text);
  return number > 0 ? number : refuse(`--${option}: not a number above 0: ${text}`);
}

interface Options {
  readonly minutes: string;
  readonly only: readonly string[];
  readonly scale: string;
  readonly seed?: string;
  readonly json: boolean;
  readonly help: boolean;
}

function optionsOf(args: readonly string[]): Options {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        minutes: { type: 'string', default: '10' }, only: { type: 'string', multiple: true, default: [] }, scale: { type: 'string', default: '1' },
        seed: { type: 'string' }, json: { type: 'boolean', default: false }, help: { type: 'boolean', default: false },
      },
      allowPositionals: false,
    });
    const { seed, ...others } = values;
    return { ...others, ...(seed === undefined ? {} : { seed }) };
  } catch (error) {
    return refuse(messageOf(error));
  }
}

async function runPart(part: Part, shareMs: number, seed: number, scale: number): Promise<readonly Finding[]> {
  const began = performance.now();
  const isTerminal = process.stderr.isTTY;
  process.stderr.write(`${part.name}: ${part.summary}\n`);
  let shown = 0;
  const progress = (text: string): void => {
    if (!isTerminal || performance.now() - shown < 200) return;
    shown = performance.now();
    process.stderr.write(`\r\x1b[K  ${text}, ${((performance.now() - began) / 1000).toFixed(0)} s`);
  };
  let findings: readonly Finding[];
  try {
    findings = await part.run({ untilMs: began + shareMs, seed, scale, progress });
  } catch (error) {
    findings = [{ what: part.summary, times: 0, lost: [`it could not be done: ${error instanceof Error ? error.message : String(error)}`] }];
  }
  if (isTerminal) process.stderr.write('\r\x1b[K');
  return findings;
}

async function main(): Promise<never> {
  const options = optionsOf(process.argv.slice(2));
  if (options.help) {
    process.stdout.write(usage);
    process.exit(0);
  }
  const chosen = options.only.length === 0 ? parts : options.only.map((name) => parts.find((part) => part.name === name) ?? refuse(`no part ${name}`));
  const minutes = positive(options.minutes, 'minutes');
  const seed = options.seed === undefined ? Date.now() % 1_000_000 : positive(options.seed, 'seed');
  const scale = positive(options.scale, 'scale');
  try {
    prepare();
    makeHostileTools();
  } catch (error) {
    process.stderr.write(`soak: ${messageOf(error)}\n`);
    process.exit(3);
  }
  process.stderr.write(`seed ${String(seed)}\n`);
  const endMs = performance.now() + minutes * 60_000;
  const all: Finding[] = [];
  for (const [index, part] of chosen.entries()) {
    // What one part leaves of its share is the others'.
    const shareMs = Math.max(1000, (endMs - performance.now()) / (chosen.length - index));
    all.push(...(await runPart(part, shareMs, seed, scale)));
  }
  process.stdout.write(options.json ? `${JSON.stringify({ seed, minutes, scale, findings: all }, null, 2)}\n` : toText(all));
  process.exit(all.some(({ lost }) => lost.length > 0) ? 1 : 0);
}

await main();
