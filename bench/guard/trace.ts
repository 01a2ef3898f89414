/**
 * What strace wrote: the system calls of the daemon, and those of its children until they are what they were started for.
 *
 * With `-f` each line begins with the process. A call that another process comes between is written as two lines, of which the second counts,
 * so that a call which has not returned is not counted. What a service does after its exec is its own affair.
 */

/** How many calls of each name. */
export type Calls = ReadonlyMap<string, number>;

/** Count the calls in a trace: those of the daemon, which is the process of the first line, and those of its children up to their exec. */
export function callsIn(trace: string): Calls {
  let daemon = '';
  const executed = new Set<string>();
  const counts = new Map<string, number>();
  for (const line of trace.split('\n').slice(0, -1)) {
    const [, pid = '', rest = ''] = /^(\d+)\s+(.*)$/.exec(line) ?? [];
    if (daemon === '') daemon = pid;
    const name = /^(?:<\.\.\. )?([a-z]\w*)(?: resumed>|\()/.exec(rest)?.[1];
    if (name === undefined || rest.endsWith('<unfinished ...>') || executed.has(pid)) continue;
    counts.set(name, (counts.get(name) ?? 0) + 1);
    if (pid !== daemon && name === 'execve' && rest.endsWith(' = 0')) executed.add(pid);
  }
  return counts;
}

/** All of them together. */
export const sumOf = (calls: Calls): number => [...calls.values()].reduce((sum, count) => sum + count, 0);

/**
 * What one of many adds: the calls of each name, when `few` becomes `many` by so many more. Of each name it is a whole number: what is left is of
 * the rounds in which nitro takes its events, of which there are some more or less.
 */
export function addedByOne(few: Calls, many: Calls, more: number): number {
  let sum = 0;
  for (const [name, count] of many) sum += Math.round((count - (few.get(name) ?? 0)) / more);
  return sum;
}

/** The value that comes most often; of several the least. */
export function mostFrequent(values: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  const [first] = [...counts].sort(([value, count], [other, otherCount]) => otherCount - count || value - other);
  if (first === undefined) throw new RangeError('no values');
  return first[0];
}
