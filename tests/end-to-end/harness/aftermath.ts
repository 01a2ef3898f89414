/**
 * What must hold at the end of every test: no descriptor leaked, no process left, no bug reported.
 *
 * Descriptors. A nitro without services has some of its own (the baseline, counted once a test file). Beyond these it may
 * hold both ends of the pipe of each logger, which shows as a pipe that stands in /proc/PID/fd twice, and the read end of the
 * readiness pipe of each service that runs and has a `notification-fd`. A few more may be open for a moment while scripts start,
 * so the check waits for the number to be right, and brings down what never comes to rest.
 */
import { existsSync } from 'node:fs';
import type { Daemon } from './daemon.js';
import { describeProcesses, descriptorsOf, zombiesOf } from './processes.js';
import { packet, Tag, type Listed } from './wire.js';

/** Descriptors that are no pipes, and ends of pipes whose other end is elsewhere. */
export interface DescriptorCount {
  readonly others: number;
  readonly ends: number;
}

/** Count the open descriptors of a process. */
export function countDescriptors(pid: number): DescriptorCount {
  const targets = [...descriptorsOf(pid).values()];
  const pipes = targets.filter((target) => target.startsWith('pipe:'));
  return {
    others: targets.length - pipes.length,
    ends: pipes.filter((pipe) => pipes.indexOf(pipe) === pipes.lastIndexOf(pipe)).length,
  };
}

/** No descriptor is open that nothing needs any more, and no child is left unreaped. */
export async function checkDescriptors(nitro: Daemon, expected: DescriptorCount): Promise<void> {
  await nitro.waitFor('no descriptor is leaked', async () => {
    const all = [...(await nitro.list()).values()];
    const reporting = all.filter(
      ({ name, pid }) => pid !== 0 && existsSync(Buffer.from(`${nitro.directory}/${name.replace(/@.*/s, '@')}/notification-fd`, 'latin1')),
    ).length;
    const now = countDescriptors(nitro.pid);
    if (now.others > expected.others || now.ends > expected.ends + reporting) {
      // A service that is restarted all the time has a pipe open most of the time.
      const isRestless = ({ state }: Listed): boolean => ['SETUP', 'STARTING', 'RESTART', 'DELAY'].includes(state);
      for (const { name } of all.filter(isRestless)) nitro.send(packet(Tag.DOWN, name));
      throw new Error(`${JSON.stringify({ now, expected, reporting })} ${[...descriptorsOf(nitro.pid)].join(' ')}`);
    }
    return true;
  });
  await nitro.waitFor('all children are reaped', () => zombiesOf(nitro.pid).length === 0);
}

/** Nothing that this nitro started outlives it. */
export async function checkNothingLeft(nitro: Daemon): Promise<void> {
  await nitro.waitFor('no process is left behind', () => {
    const left = nitro.processes();
    if (left.length > 0) throw new Error(describeProcesses(left));
    return true;
  });
}

/** Nothing on stderr reads like a report of a bug. */
export function checkStderr(nitro: Daemon): void {
  const bug = /\bbug\b|exception|\b\w*Error: |stack overflow|out of memory|assertion|Sanitizer|runtime error|segmentation/i.exec(nitro.stderr);
  if (bug) throw new Error(`nitro reports a bug on stderr: ${bug[0]}`);
}
