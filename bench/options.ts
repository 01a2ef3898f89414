/**
 * The command line of the benchmark.
 */
import { parseArgs } from 'node:util';
import { resolve } from 'node:path';
import { parts } from './measures/measure.js';
import type { Part } from './measures/measure.js';

export interface Options {
  /** Ours. */
  readonly daemon: string;
  readonly ctl: string;
  /** A build of nitro in C: a directory with nitro and nitroctl. */
  readonly reference: string | undefined;
  /** Parts to be measured. */
  readonly only: readonly Part[];
  /** Supervisors to be compared, by their names; undefined: all that there are. */
  readonly peers: readonly string[] | undefined;
  readonly runs: number;
  readonly idleSeconds: number;
  /** How many services are many. */
  readonly many: number;
  /** The page is written: what was measured is put in place of what was there before. */
  readonly write: boolean;
  /** Only render the page again. */
  readonly page: boolean;
  readonly json: boolean;
  readonly help: boolean;
}

/** What is wrong with the command line, for people. */
export class UsageError extends Error {}

export const defaults = { runs: 15, idleSeconds: 60, many: 10_000 } as const;

/** Read the command line; throws a UsageError. `NITRO_C` is read from `environment`. */
export function readOptions(
  args: readonly string[],
  root: string,
  names: readonly string[],
  environment: Readonly<Record<string, string | undefined>> = {},
): Options {
  const values = parse(args);
  const only = values.only ?? [];
  const unknown = only.find((name) => !parts.includes(name as Part));
  if (unknown !== undefined) throw new UsageError(`no such part: ${unknown} (there are ${parts.join(', ')})`);
  const peers = values.peers?.split(',').filter((name) => name !== '');
  const stranger = peers?.find((name) => !names.includes(name));
  if (stranger !== undefined) throw new UsageError(`no such peer: ${stranger} (there are ${names.join(', ')})`);
  const daemon = resolve(values.daemon ?? resolve(root, 'build/nitro'));
  const reference = environment['NITRO_C'];
  const isWhole = only.length === 0 && peers === undefined && [values.runs, values.idle, values.many, values.daemon].every((each) => each === undefined);
  return {
    daemon,
    ctl: resolve(values.ctl ?? resolve(daemon, '../nitroctl')),
    reference: reference === undefined || reference === '' ? undefined : resolve(reference),
    only: only.length === 0 ? parts : parts.filter((part) => only.includes(part)),
    peers,
    runs: count('runs', values.runs, defaults.runs),
    idleSeconds: count('idle', values.idle, defaults.idleSeconds),
    many: count('many', values.many, defaults.many),
    write: values.write ?? isWhole,
    page: values.page ?? false,
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
        peers: { type: 'string' },
        runs: { type: 'string' },
        idle: { type: 'string' },
        many: { type: 'string' },
        write: { type: 'boolean' },
        page: { type: 'boolean' },
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
