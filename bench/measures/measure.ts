/**
 * What a measure is: a name for `--only`, and how to find its figures.
 */
import type { Finding } from '../figures.js';
import type { Lab } from '../lab.js';

export interface Measure {
  readonly name: string;
  readonly about: string;
  /** Yields what it finds as soon as it is found. An exception says that the rest could not be measured. */
  findings(lab: Lab): AsyncGenerator<Finding>;
}

/** What `one` answers when it is done `times` times, one after the other. */
export async function repeat<T>(times: number, one: () => Promise<T>): Promise<readonly T[]> {
  const answers: T[] = [];
  for (let count = 0; count < times; count++) answers.push(await one());
  return answers;
}
