/**
 * The command line of the benchmark.
 */
import { parseArgs } from 'node:util';
import { resolve } from 'node:path';

export interface Options {
  /** The daemon and the control tool to measure, and what to call them. */
  readonly daemon: string;
  readonly ctl: string;
  /** Names of the measures to make; all, if there is none. */
  readonly only: readonly string[];
  /** How many times each is made, where it does not say otherwise. */
  readonly runs: number;
  /** How long to look at an idle daemon, in seconds. */
  readonly idleSeconds: number;
  /** How many services are many. */
  readonly many: number;
  readonly json: boolean;
  readonly help: boolean;
}

/** What is wrong with the command line, for people. */
export class UsageError extends Error {}

export const defaults = { runs: 10, idleSeconds: 30, many: 10_000 } as const;

/** Read the command line; throws a UsageError. `measures` are the names that `--only` may give. */
export function readOptions(args: readonly string[], root: string, measures: readonly string[]): Options {
  const values = parse(args);
  const only = values.only ?? [];
  const unknown = only.find((name) => !measures.includes(name));
  if (unknown !== undefined) throw new UsageError(`no such measure: ${unknown} (there are ${measures.join(', ')})`);
  const daemon = resolve(values.daemon ?? resolve(root, 'build/nitro'));
  return {
    daemon,
    ctl: resolve(values.ctl ?? resolve(daemon, '../nitroctl')),
    only,
    runs: count('runs', values.runs, defaults.runs),
    idleSeconds: count('idle', values.idle, defaults.idleSeconds),
    many: count('many', values.many, defaults.many),
    json: values.json ?? false,
    help: values.help ?? false,
  };
}

// The return type is what parseArgs makes of the literal.
// eslint-disable-next-line @typescript-eslint/explicit-function-return-type
function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        daemon: { type: 'string' },
        ctl: { type: 'string' },
        only: { type: 'string', multiple: true },
        runs: { type: 'string' },
        idle: { type: 'string' },
        many: { type: 'string' },
        json: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function count(name: string, text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) throw new UsageError(`--${name} takes a whole number above 0, not ${text}`);
  return number;
}
