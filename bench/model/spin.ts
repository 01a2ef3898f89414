/**
 * SPIN, Debian's model checker: it makes a C program of a model, which goes through all its states.
 *
 * Partial order reduction is left out, so that each state is visited and counted.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { accessSync, constants, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface SpinResult {
  readonly states: number;
  readonly transitions: number;
  readonly errors: number;
  /** The first violation, in SPIN's words; empty if there is none. */
  readonly said: string;
  readonly seconds: number;
  /** For the states, in MB. */
  readonly memoryMb: number;
}

/** The program: the one that SPIN names, one in build/bench, or the one that is installed; null: none. */
export function findSpin(root: string): string | null {
  const own = process.env['SPIN'];
  for (const path of own === undefined ? [join(root, 'build/bench/spin')] : [own]) {
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // Another may be there.
    }
  }
  return spawnSync('spin', ['-V'], { stdio: 'ignore' }).status === 0 ? 'spin' : null;
}

export const howToGetSpin = 'spin is missing: `apt install spin`, or SPIN names it';

/** How to go through the states: with the assertions, or for a claim of temporal logic, under weak fairness. */
export type Search = { readonly kind: 'assertions' } | { readonly kind: 'claim'; readonly name: string };

/**
 * Verify a model. The C program is large, and takes a minute to be optimised: that is done only where its speed is measured. Throws if SPIN or
 * the C compiler does not take the model, or it is too large.
 */
export function verify(spin: string, model: string, search: Search, isOptimised = false): SpinResult {
  const base = mkdtempSync(join(tmpdir(), 'nitro-spin-'));
  try {
    writeFileSync(join(base, 'model.pml'), model);
    const options = { cwd: base, encoding: 'utf8' as const, maxBuffer: 2 ** 26 };
    execFileSync(spin, ['-a', 'model.pml'], options);
    const isClaim = search.kind === 'claim';
    const defines = isClaim ? ['-DNFAIR=3'] : ['-DSAFETY', '-DNOCLAIM'];
    execFileSync('cc', [isOptimised ? '-O2' : '-O0', '-w', '-DNOREDUCE', ...defines, '-o', 'pan', 'pan.c'], options);
    const args = isClaim ? ['-a', '-f', '-N', search.name] : [];
    const { stdout, stderr } = spawnSync('./pan', ['-m10000000', '-w22', ...args], options);
    return resultIn(`${stdout}\n${stderr}`);
  } finally {
    rmSync(base, { recursive: true, force: true });
  }
}

/** What the verifier prints. */
export function resultIn(text: string): SpinResult {
  const number = (pattern: RegExp): number => Number(pattern.exec(text)?.[1] ?? NaN);
  const result = {
    states: number(/^\s*(\d+) states, stored/m),
    transitions: number(/^\s*(\d+) transitions/m),
    errors: number(/errors: (\d+)/),
    said: /^pan:\d+: (.*?)(?: \(at depth \d+\))?$/m.exec(text)?.[1] ?? '',
    seconds: number(/^pan: elapsed time ([\d.]+) seconds/m) || 0,
    memoryMb: number(/^\s*([\d.]+)\s+actual memory usage for states/m) || 0,
  };
  if (!Number.isInteger(result.states) || !Number.isInteger(result.errors)) throw new Error(`SPIN did not end as it should:\n${text.slice(0, 2000)}`);
  if (text.includes('Search not completed') && result.errors === 0) throw new Error('SPIN did not complete its search');
  return result;
}
