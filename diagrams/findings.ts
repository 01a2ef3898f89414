/**
 * The audit of the reference, nitro 0.8 in C, as data: where it differs from what is built here, and how that is seen from outside.
 *
 * Findings about states and events are taken from the machines: `corrects` there says how the reference differs, and all that is added here is a
 * way to see it. The others are outside the machines (processes, logs, the protocol, the command), and are written here whole, each with
 * the rule that states it. Nothing is claimed beyond these two sources.
 */
import type { Model, State, Transition } from './model.js';

/** What is added to a `corrects` of the machines: its text, and how to see it. */
export interface Seen {
  readonly corrects: string;
  readonly title: string;
  readonly consequence: string;
  readonly see: string;
}

export interface Finding {
  readonly area: string;
  readonly title: string;
  readonly reference: string;
  readonly consequence: string;
  readonly here: string;
  readonly see: string;
  readonly rule: string;
}

export const seen: readonly Seen[] = [
  {
    title: 'A killed setup counts as a success',
    consequence: '`run` is started on what `setup` left half done.',
    corrects: 'A setup that is killed by a signal counts as a success.',
    see: "Make `setup` a script of `kill -9 $$`. `nitroctl list` shows the service STARTING or UP; here it shows DELAY, and `setup` runs again every second.",
  },
  {
    title: 'An exec that hangs stops all supervision',
    consequence: 'No service is restarted and no request is answered until the exec returns.',
    corrects: 'The reference waits for the exec, so that a script on a file system that hangs stops all supervision.',
    see:
      'Put the `run` of one service on a file system that does not answer (a network file system whose server is stopped), bring it up, and ask for ' +
      '`nitroctl list`: no answer comes. Here the answer comes, and the service is in SETUP.',
  },
  {
    title: 'A service whose finish runs is shown as running',
    consequence: 'Whoever asks takes a service for running that has no process of `run`.',
    corrects: 'While finish runs the service goes on being shown as STARTING or UP.',
    see: 'Let `finish` sleep for some seconds, kill `run`, and ask for `nitroctl list` meanwhile. Here it shows RESTART.',
  },
  {
    title: 'Changes that listeners are not told',
    consequence: 'Who relies on announcements alone has a wrong picture.',
    corrects: 'Not each change into this state is announced.',
    see: 'Leave `nitroctl events` running; bring services down, restart them, and let one end too soon. Here each change is a line, these states too.',
  },
  {
    title: 'up while the finish of a failed launch runs',
    consequence: 'nitro itself ends, or two processes of `run` are alive.',
    corrects: 'The reference aborts, or runs the service twice.',
    see:
      "Give a service a `run` that cannot be executed (`#!/nonexistent`) and a `finish` that sleeps; when it is FATAL, ask for `nitroctl up` or " +
      '`nitroctl restart` while `finish` sleeps. Here `finish` goes on, and the service is launched once when it has ended.',
  },
  {
    title: 'down while the finish of a failed launch runs',
    consequence: 'nitro itself ends.',
    corrects: 'The reference aborts.',
    see: 'The same service; ask for `nitroctl down` while `finish` sleeps. Here it is SHUTDOWN until `finish` has ended, then DOWN.',
  },
  {
    title: 'A shutdown during SYS/setup',
    consequence: 'The rules that bound the time of a `setup` do not bound that of `SYS/setup`.',
    corrects: 'A shutdown asked for during SYS/setup does not end it as setup is ended: a signal, and SIGKILL when it does not end in time.',
    see: 'Let `SYS/setup` sleep, and ask for `nitroctl Shutdown` meanwhile. Here `SYS/setup` is told to end, killed after 7 s, and the shutdown goes on.',
  },
  {
    title: 'SYS/finish is not waited for',
    consequence: 'Services are gone while `SYS/finish` still needs them.',
    corrects: 'Any event ends the wait, so services die while SYS/finish runs.',
    see:
      'Let `SYS/finish` sleep for some seconds, ask for `nitroctl Shutdown`, then for `nitroctl list`. ' +
      'Here the services stay UP until `SYS/finish` has ended.',
  },
  {
    title: 'A reboot after a shutdown, or the other way round',
    consequence: '`SYS/finish` was told another end than the one that comes.',
    corrects: 'A second request of the other kind changes the end.',
    see: 'Let `SYS/finish` sleep, ask for `nitroctl Shutdown`, then for `nitroctl Reboot`. Here it ends with a shutdown, as `SYS/finish` was told.',
  },
  {
    title: 'Chains of loggers lose lines',
    consequence: 'The last lines of services and loggers are not in the log.',
    corrects: 'Chains of loggers are brought down in no order, so that lines are lost.',
    see: 'Link service → logger → second logger, let each write a line when it ends, and shut down. Here the last one gets the lines of all.',
  },
  {
    title: 'SYS/final in a container',
    consequence: 'Where nitro is no real pid 1, what must be done last is not done.',
    corrects: 'SYS/final runs only as real pid 1.',
    see: 'Run nitro in a container or without pid 1, with a `SYS/final` that writes a file, and shut down. Here the file is written, as the readme says.',
  },
];

/** A `corrects` of the machines with all the places where it stands. */
export interface Correction {
  readonly model: Model;
  readonly text: string;
  readonly states: readonly State[];
  readonly transitions: readonly Transition[];
}

export function correctionsOf(model: Model): readonly Correction[] {
  const texts = new Set([
    ...model.states.flatMap(({ corrects }) => corrects ?? []),
    ...model.transitions.flatMap(({ declared }) => declared.corrects ?? []),
  ]);
  return [...texts].map((text) => ({
    model,
    text,
    states: model.states.filter(({ corrects }) => corrects === text),
    transitions: model.transitions.filter(({ declared }) => declared.corrects === text),
  }));
}

export function seenOf(text: string): Seen {
  const found = seen.find(({ corrects }) => corrects === text);
  if (found === undefined) throw new Error(`nothing says how to see from outside: ${text} (diagrams/findings.ts)`);
  return found;
}
