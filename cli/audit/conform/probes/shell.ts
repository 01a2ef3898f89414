/** Scripts that probes are made of: plain sh, as anybody could write them. `$T` is a scratch directory. */

/** An executable script. */
export const sh = (text: string): string => `#!/bin/sh\n${text}\n`;

/** A service that does nothing until it is told to end. */
export const forever = sh('exec sleep 1000');

/** A line at the end of a file of the scratch directory. */
export const note = (file: string, text: string): string => `echo "${text}" >>"$T/${file}"`;

/** Wait until the probe makes the file. */
export const gate = (name: string): string => `until [ -e "$T/${name}" ]; do sleep 0.02; done`;

/** A `run` that takes no notice of SIGTERM. */
export const stubborn = sh(`trap '' TERM\n${note('stubborn', 'runs')}\nwhile :; do sleep 0.05; done`);

/** A `run` that notes the signal it gets, and ends. */
export const noting = sh(
  'for s in HUP INT QUIT USR1 USR2 ALRM TERM; do trap "echo $s >>\\"$T/signals\\"; exit 0" $s; done\n' +
    `${note('signals', 'ready')}\nwhile :; do sleep 0.02; done`,
);

/** Writes numbered lines to stdout, `count` of them, then stays. */
export const numbered = (word: string, count: number): string =>
  sh(`i=0\nwhile [ $i -lt ${String(count)} ]; do i=$((i+1)); echo "${word} $i"; done\n${note('wrote', word)}\nexec sleep 1000`);

/** A logger that loses nothing by itself: it takes line by line, and minds SIGTERM between two of them. */
export const logger = (file: string): string => sh(`while read -r line; do echo "$line" >>"$T/${file}"; done`);

/** A logger that, told to end, takes all that is in its pipe before it does; also a line that the signal cut in two. */
export const draining = (file: string): string =>
  sh(
    `trap 'stop=1' TERM\nwhile [ -z "$stop" ] && read -r line; do echo "$line" >>"$T/${file}"; line=; done\n` +
      `[ -z "$line" ] || printf %s "$line" >>"$T/${file}"\ndd iflag=nonblock >>"$T/${file}" 2>/dev/null\nexit 0`,
  );

/** A logger that ends by itself after so many lines, having read no more. */
export const tired = (file: string, lines: number): string =>
  sh(`i=0\nwhile [ $i -lt ${String(lines)} ] && read -r line; do echo "$line" >>"$T/${file}"; i=$((i+1)); done\nexit 0`);

export const expected = (word: string, count: number): readonly string[] => Array.from({ length: count }, (_, index) => `${word} ${String(index + 1)}`);

/** Notes when it is run, in hundredths of a second. No process is needed for it. */
export const stamp = (file: string): string => `read -r up rest </proc/uptime; echo "$up" >>"$T/${file}"`;

/** The shortest time between two stamps, ms. */
export function shortest(stamps: readonly string[]): number {
  const times = stamps.map((each) => Number(each) * 1000);
  return Math.min(...times.slice(1).map((time, index) => time - (times[index] ?? 0)));
}

/** The precision of stamps, ms. */
export const stampMs = 20;
