/**
 * What the page says of each part: what is done, and what one has to know to read the figures fairly.
 */
import type { Part } from '../measures/measure.js';

export interface PartText {
  readonly heading: string;
  readonly about: string;
  readonly notes: readonly string[];
  /** Plots that belong to it. */
  readonly plots: readonly string[];
}

export const partTexts: Readonly<Record<Part, PartText>> = {
  footprint: {
    heading: 'Footprint',
    about: `All processes that supervise count, the services themselves do not: of nitro there is one, of runit and s6 one for each service, and one above them.
Memory is looked at when all services have been up for 2 s. *Resident* counts a page that several processes share once for each; *proportional* (Pss)
divides it among them, the C library also among all other processes of the machine.`,
    notes: [
      `On disk: the programs that the measures here use, and the libraries that come with them, without the C library. nitro and nitroctl
      are one static file, which needs no C library; svlogd and s6-log are not counted.`,
      'Neither kind of memory has the kernel’s own for a process in it: its stack, its page tables, its descriptors.',
    ],
    plots: ['memory.svg'],
  },
  boot: {
    heading: 'Boot',
    about: `From the exec of the supervisor to the exec of the last of its services. A service is a small static program that first of all appends the time to a
file. Setup scripts are small static programs too. A logger is one more process for each service, to which its output goes.`,
    notes: [
      `bare starts one service after the other, and waits for each exec (vfork), on one processor at a time; nitro goes on, and the execs take turns on both.`,
      'The directory is old when the supervisor starts: runsvdir waits up to a second with one that has just been changed.',
    ],
    plots: ['boot.svg'],
  },
  restart: {
    heading: 'Crash to restart',
    about: `From just before a kill -9 of a service that has lived for more than 1.2 s to the exec of its next life. The services are killed in turn.
In a *flood of requests* another process has 8 requests about the same service on their way all the time: to nitro on its socket, which answers them; to
runsv and s6-supervise on the FIFO of that service (\`c\`, continue), which they read without answering. A spread is from the least value to the 99th
percentile where there are 100 values.`,
    notes: ['s6-supervise waits for a second after the end of a service before it starts it again, however long that has lived.'],
    plots: ['restart.svg'],
  },
  control: {
    heading: 'Control',
    about: `Request and answer are a QUERY on nitro's socket by a small client in C, the medians of 2,000 of them a run. Whole processes are
timed from the fork to the end of the wait.`,
    notes: [
      `State of one, and list: nitroctl list; sv status with the names of all services; s6-svstat takes one service, so a list is a loop of the
      shell over them. sv and s6-svstat read files that the supervisors have written: nobody is asked.`,
      `Start: nitroctl start and s6-svc -wU -u wait until the service tells that it is ready. runit has no readiness: sv start looks at once,
      and then every 0.42 s, whether the service is executed.`,
    ],
    plots: ['list.svg'],
  },
  logging: {
    heading: 'Logging',
    about: `A service writes 256 MB, in lines of 100 bytes, to its logger as fast as it can; the logger, the same small program with each of them,
counts what it reads. Then the same with a logger that is killed (SIGKILL) when it has read one half: the supervisor starts it again, and it must get
the other half.`,
    notes: ['The pipe between the two is the kernel’s; the supervisor only holds it. What differs is how fast the logger is started again.'],
    plots: [],
  },
  shutdown: {
    heading: 'Shutdown',
    about: `From the signal to the supervisor until no process of it and of its services is left: SIGTERM to nitro, s6-svscan, tini and dumb-init,
SIGHUP to runsvdir. Of the services with one that ignores SIGTERM, that one has to be killed after 7 s.`,
    notes: ['That is built into nitro, is `timeout-kill` for s6, and for runit `sv -w 7 force-shutdown` of that service, beside the signal.'],
    plots: ['shutdown.svg'],
  },
  idle: {
    heading: 'Idle',
    about: `100 services that rest, and nobody who asks. Context switches and processor time are those of all supervision processes together.
System calls are counted by strace at the same time on another instance, since strace itself causes some of the others.`,
    notes: ['runsvdir looks at its directory every 5 s.'],
    plots: [],
  },
};
