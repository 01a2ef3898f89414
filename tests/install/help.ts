/**
 * What a help text names, read from the text as a user sees it.
 */

/** Lines of the part of a help text that starts with `heading` and ends with an empty line. */
function part(help: string, heading: string): readonly string[] {
  const lines = help.split('\n');
  const from = lines.indexOf(heading);
  if (from < 0) throw new Error(`the help has no part "${heading}":\n${help}`);
  const to = lines.indexOf('', from);
  return lines.slice(from + 1, to < 0 ? undefined : to);
}

/** Names and short forms of all commands, sorted. A line is `  name, short SERVICE...   what it does`. */
export function commandsOf(help: string): readonly string[] {
  return part(help, 'Commands:')
    .flatMap((line) => (line.trim().split(/ {2,}/)[0] ?? '').split(/[\s,]+/))
    .filter((word) => word !== '' && !/SERVICE|\[/.test(word))
    .sort();
}

/** The full names of all commands, sorted. */
export function fullCommandsOf(help: string): readonly string[] {
  return part(help, 'Commands:')
    .map((line) => line.trim().split(/[\s,]+/)[0] ?? '')
    .sort();
}

/** All options with their dashes, sorted; without the `--` that ends them. */
export function optionsOf(help: string): readonly string[] {
  return help
    .split('\n')
    .flatMap((line) => (/^ {2}(-\S.*?)(?: {2,}|$)/.exec(line)?.[1] ?? '').split(/[\s,]+/))
    .filter((word) => /^--?[a-zA-Z]/.test(word))
    .sort();
}
