/**
 * What rules ask: the directory as it is read, what nitro would make of it, and its scripts one by one.
 */
import type { Invocation } from '../../ctl-arguments.js';
import { parseArguments } from '../../ctl-arguments.js';
import type { Bytes } from '../../../runtime/os.js';
import type { Plan } from './plan.js';
import { planOf } from './plan.js';
import { interpreterOf, isShell } from './script.js';
import type { Interpreter } from './script.js';
import { readShell } from './shell.js';
import type { Command, Shell } from './shell.js';
import type { Entry, Snapshot } from './snapshot.js';
import { isAbsent, isDirectory } from './snapshot.js';

/** A directory with files that nitro reads. An entry for an instance is none: its files are those of the template. */
export interface Unit {
  readonly kind: 'service' | 'template' | 'sys';
  readonly name: Bytes;
  readonly entry: Entry;
  readonly files: ReadonlyMap<Bytes, Entry>;
}

/** A script that is there, whatever it is. */
export interface Script {
  readonly unit: Unit;
  readonly name: Bytes;
  /** Relative to the service directory. */
  readonly path: Bytes;
  readonly entry: Entry;
  /** Null: it has no `#!` line, or cannot be read. */
  readonly interpreter: Interpreter | null;
  /** Null: it is no script for a shell. */
  readonly shell: Shell | null;
}

export interface Facts {
  readonly snapshot: Snapshot;
  readonly plan: Plan;
  readonly units: readonly Unit[];
  readonly scripts: readonly Script[];
}

export const scriptNames: Readonly<Record<Unit['kind'], readonly Bytes[]>> = {
  service: ['setup', 'run', 'finish'],
  template: ['setup', 'run', 'finish'],
  sys: ['setup', 'finish', 'final', 'fatal', 'reincarnate'],
};

/** Is the entry of this name one of an instance? */
export function isInstance(name: Bytes): boolean {
  return name.includes('@') && !name.endsWith('@');
}

function unitOf(entry: Entry): readonly Unit[] {
  const { name } = entry;
  if (name.startsWith('.') || isInstance(name) || !isDirectory(entry)) return [];
  const kind = name === 'SYS' ? 'sys' : name.endsWith('@') ? 'template' : 'service';
  return [{ kind, name, entry, files: new Map((entry.entries ?? []).map((file) => [file.name, file])) }];
}

function scriptsOf(unit: Unit): readonly Script[] {
  return scriptNames[unit.kind].flatMap((name) => {
    const entry = unit.files.get(name);
    if (entry === undefined || isAbsent(entry)) return [];
    const interpreter = entry.text === null ? null : interpreterOf(entry.text);
    const shell = entry.text !== null && interpreter !== null && isShell(interpreter) ? readShell(entry.text) : null;
    return [{ unit, name, path: `${unit.name}/${name}`, entry, interpreter, shell }];
  });
}

export function factsOf(snapshot: Snapshot): Facts {
  const units = (snapshot.root.entries ?? []).flatMap(unitOf);
  return { snapshot, plan: planOf(snapshot), units, scripts: units.flatMap(scriptsOf) };
}

/** Words before a command that is run by another, as in `exec nitroctl ...`. */
const runners = ['exec', 'command', 'nohup'];

/** The words of a command from its program on, without what only runs it and without assignments before it. */
export function programWords({ words }: Command): readonly Command['words'][number][] {
  const first = words.findIndex(({ text, isPlain }) => !(isPlain && runners.includes(text)) && !/^\w+=/.test(text));
  return first < 0 ? [] : words.slice(first);
}

/** Name of the program that a command runs, without its directory; empty: not known. */
export function programOf(command: Command): Bytes {
  const [first] = programWords(command);
  return first?.isPlain === true ? first.text.slice(first.text.lastIndexOf('/') + 1) : '';
}

/** A call of nitroctl in a script of which every word is known. */
export interface Call {
  readonly line: number;
  readonly invocation: Invocation;
}

export function callsOfNitroctl({ shell }: Script): readonly Call[] {
  return (shell?.commands ?? []).flatMap((command) => {
    if (programOf(command) !== 'nitroctl') return [];
    const words = programWords(command).slice(1);
    if (!words.every(({ isPlain }) => isPlain)) return [];
    return [{ line: command.line, invocation: parseArguments(words.map(({ text }) => text)) }];
  });
}
