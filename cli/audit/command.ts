/**
 * What the commands of nitro-audit have in common: exit statuses, options, where output goes, and how long work shows itself.
 */
import { writeFileSync } from 'node:fs';
import { InvalidArgumentError } from 'commander';
import type { Command } from 'commander';

/** Exit statuses of all commands. */
export const exit = { clean: 0, findings: 1, usage: 2, cannotRun: 3 } as const;
export type Exit = (typeof exit)[keyof typeof exit];

/** Adds a command, or several that belong together, to the program. */
export type Registration = (program: Command) => void;

/** Something outside is not as it must be: it ends the program with exit 3 and this message, without a stack. */
export class CannotRun extends Error {}

/** The action of a command: what it returns becomes the exit status. */
export function ending<Args extends readonly unknown[]>(action: (...args: Args) => Exit | Promise<Exit>): (...args: Args) => Promise<void> {
  return async (...args) => {
    process.exitCode = await action(...args);
  };
}

/** Option: a whole number, 0 or more. */
export function count(text: string): number {
  const number = Number(text);
  if (text === '' || !Number.isSafeInteger(number) || number < 0) throw new InvalidArgumentError('It takes a whole number, 0 or more.');
  return number;
}

/** Option: a number above 0, such as seconds. */
export function positive(text: string): number {
  const number = Number(text);
  if (!(number > 0)) throw new InvalidArgumentError('It takes a number above 0.');
  return number;
}

/** Write to a file, or to standard output if there is none. Throws `CannotRun`. */
export function output(text: string, file: string | undefined): void {
  if (file === undefined) {
    process.stdout.write(text);
    return;
  }
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw new CannotRun(error instanceof Error ? error.message : String(error));
  }
}

/** May this stream be coloured? Only on a terminal, and not where NO_COLOR is set. */
export function isColoured(stream: NodeJS.WriteStream): boolean {
  return stream.isTTY && (process.env['NO_COLOR'] ?? '') === '';
}

/** One line on a terminal's standard error, written over and over. */
export interface ProgressLine {
  readonly show: (text: string) => void;
  readonly end: () => void;
}

export function progressLine(): ProgressLine {
  if (!process.stderr.isTTY) return { show: () => undefined, end: () => undefined };
  const clear = '\r\x1b[K';
  return { show: (text) => process.stderr.write(`${clear}${text}`), end: () => process.stderr.write(clear) };
}
