/**
 * Loggers and writers for counting lines, and what must have arrived of what was written.
 *
 * A writer numbers its lines by life and place, each one write of `LINE_BYTES`, and notes in `$T/NAME.sent` which it has written. So
 * it can be killed anywhere: what it noted must arrive, what it wrote and could not note may, and of each life there is
 * everything from the first line to the last, once.
 *
 * Two kinds of loggers. `drain` loses nothing when it is told to end. `throughDd` is safe even from SIGKILL: its shell is killed, and the dd
 * that it had started still writes the one chunk that it has read. Neither cuts a line in two, as all reads are of a
 * multiple of the length of a line.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, renameSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Daemon } from './daemon.js';
import { launchPath } from './tools.js';

/** Length of a line of `numbered`, its newline included. */
export const LINE_BYTES = 16;

const source = resolve(dirname(fileURLToPath(import.meta.url)), 'extra-drain.c');
const drainPath = resolve(dirname(launchPath), 'drain');

/** Compile the drain tool if it is not there or older than its source. Several test files may do so at once. */
function prepareDrain(): void {
  const made = statSync(drainPath, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (made > statSync(source).mtimeMs) return;
  mkdirSync(dirname(drainPath), { recursive: true });
  const fresh = `${drainPath}-${process.pid}`;
  execFileSync(process.env['CC'] ?? 'cc', ['-O1', '-Wall', '-Wextra', '-o', fresh, source], { stdio: 'inherit' });
  renameSync(fresh, drainPath);
}
prepareDrain();

/** A `run` that appends what is logged to `$T/FILE`; at SIGTERM all that is in the pipe, and then the line `last`. */
export const drain = (file: string, last = ''): string => `exec ${drainPath} "$T/${file}"${last === '' ? '' : ` '${last}'`}`;

/** A `run` that hands on to its own log what is logged to it; at SIGTERM all that is in the pipe, and then the line `last`. */
export const drainOn = (last = ''): string => `exec ${drainPath} -${last === '' ? '' : ` '${last}'`}`;

/** A `run` that appends what is logged to `$T/FILE` and that can be killed with SIGKILL; have that as its down-signal. */
export const throughDd = (file: string): string => `while dd bs=${256 * LINE_BYTES} count=1 status=none >>"$T/${file}"; do :; done`;

/**
 * A `run` that writes `lines` numbered lines in each life, with a short rest after each `pause` of them, and waits then. Two
 * writers of a test have different names.
 */
export const numbered = (name: string, lines: number, pause = 50): string => `
echo begin >>"$T/${name}.lives"
life=$(wc -l <"$T/${name}.lives")
line=0
while [ $line -lt ${lines} ]; do
  line=$((line + 1))
  printf '%2.2s%04d %08d\\n' ${name} $life $line
  echo "$life $line" >>"$T/${name}.sent"
  [ $((line % ${pause})) -ne 0 ] || sleep 0.005
done
exec sleep 1000`;

/** How many lines a writer has noted as written. */
export const countSent = (nitro: Daemon, name: string): number => nitro.read(`${name}.sent`).split('\n').length - 1;

/** The lines of a file of the scratch directory. */
export const linesOf = (nitro: Daemon, file: string): readonly string[] => nitro.read(file).split('\n').slice(0, -1);

/** Numbers of the lines by life. */
function byLife(pairs: readonly (readonly [life: number, line: number])[]): ReadonlyMap<number, readonly number[]> {
  const lives = new Map<number, number[]>();
  for (const [life, line] of pairs) {
    const lines = lives.get(life);
    if (lines) lines.push(line);
    else lives.set(life, [line]);
  }
  for (const lines of lives.values()) lines.sort((a, b) => a - b);
  return lives;
}

/** What is wrong with `file`, given what the writer of this name noted; nothing: no line is missing, doubled or damaged. */
export function complaints(nitro: Daemon, name: string, file: string): readonly string[] {
  const found: [number, number][] = [];
  const wrong: string[] = [];
  for (const line of linesOf(nitro, file)) {
    const [, who = '', life = '', number = ''] = /^(..)(\d{4}) (\d{8})$/.exec(line) ?? [];
    if (who === '') wrong.push(`damaged: ${JSON.stringify(line)}`);
    if (who.trim() === name.slice(0, 2)) found.push([Number(life), Number(number)]);
  }
  const received = byLife(found);
  for (const [life, numbers] of received) {
    const bad = numbers.find((number, index) => number !== index + 1);
    if (bad !== undefined) wrong.push(`life ${life} has ${numbers.length} lines, and is wrong at ${bad}`);
  }
  const noted = linesOf(nitro, `${name}.sent`).map((line): [number, number] => {
    const [life, number] = line.split(' ');
    return [Number(life), Number(number)];
  });
  for (const [life, numbers] of byLife(noted)) {
    const last = numbers[numbers.length - 1] ?? 0;
    const arrived = received.get(life)?.length ?? 0;
    if (arrived < last) wrong.push(`life ${life} wrote ${last} lines, ${arrived} arrived`);
  }
  return wrong.slice(0, 5);
}

/** Wait until all that a writer noted has arrived, undamaged. */
export async function waitComplete(nitro: Daemon, name: string, file: string): Promise<void> {
  await nitro.waitFor(`all lines of ${name} are in ${file}`, () => {
    const wrong = complaints(nitro, name, file);
    if (wrong.length > 0) throw new Error(wrong.join('; '));
    return true;
  });
}
