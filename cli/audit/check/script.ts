/** How a script is executed: what its first line says, as Linux reads it. */
import type { Bytes } from '../../../runtime/os.js';

export interface Interpreter {
  /** As written: a path. */
  readonly path: Bytes;
  /** All after it, one argument; empty without. */
  readonly argument: Bytes;
  /** The whole first line without its end. */
  readonly line: Bytes;
}

/** Bytes of the first line that Linux reads. */
export const firstLineBytesMax = 255;

/** The `#!` line of a text; null: it has none. */
export function interpreterOf(text: Bytes): Interpreter | null {
  if (!text.startsWith('#!')) return null;
  const [line = ''] = text.split('\n', 1);
  const rest = line.slice(2).replace(/^[ \t]+/, '');
  const [path = ''] = rest.split(/[ \t]/, 1);
  return { path, argument: rest.slice(path.length).replace(/^[ \t]+|[ \t]+$/g, ''), line };
}

/** The program that `env` is to look for; null: the interpreter is no `env`, or what it looks for is not plain. */
export function soughtByEnv({ path, argument }: Interpreter): Bytes | null {
  if (!/(^|\/)env$/.test(path)) return null;
  const words = argument.split(/[ \t\r]+/).filter((word) => word !== '-S');
  const [name = ''] = words;
  return /^[\w.+-]+$/.test(name) && !name.startsWith('-') ? name : null;
}

const shells = ['sh', 'bash', 'dash', 'ash', 'ksh', 'mksh', 'zsh', 'yash', 'posh'];

/** Is it a script for a shell of the Bourne kind? */
export function isShell(interpreter: Interpreter): boolean {
  const name = soughtByEnv(interpreter) ?? interpreter.path.slice(interpreter.path.lastIndexOf('/') + 1);
  const program = name === 'busybox' || name === 'toybox' ? (interpreter.argument.split(/[ \t]/, 1)[0] ?? '') : name;
  return shells.includes(program.replace(/\r$/, ''));
}
