/** The stories that are drawn. The times of processes are examples; those of timers are the machines' own. */
import { serviceModel, systemModel } from './model.js';
import type { Story } from './story.js';

export const crashAndRestart: Story = {
  id: 'crash-and-restart',
  title: 'Two crashes, and the restarts',
  description:
    'The service web crashes after a long life: finish runs, and it is launched again at once. It crashes again after half a second: finish runs, ' +
    'it waits for a second in DELAY, is launched, and is UP two seconds later.',
  notes: [
    'The first life was long, so run is launched again as soon as finish has ended. The second was shorter than 1 s, so it waits for 1 s.',
    'web has a run and a finish, no setup and no notification-fd. Announced: what listeners, as nitroctl events, are told.',
  ],
  lanes: [{ id: 'web', about: 'a service that is UP since yesterday', model: serviceModel, start: 'UP' }],
  given: [
    { at: 0, lane: 'web', event: 'RUN_EXITED' },
    { at: 50, lane: 'web', event: 'FINISH_EXITED' },
    { at: 52, lane: 'web', event: 'EXEC_SUCCEEDED' },
    { at: 550, lane: 'web', event: 'RUN_EXITED' },
    { at: 600, lane: 'web', event: 'FINISH_EXITED', holds: ['lifeWasShort'] },
    { at: 1602, lane: 'web', event: 'EXEC_SUCCEEDED' },
  ],
  holdsAtTimers: [],
};

const down = ['systemGoingDown'];

export const shutdown: Story = {
  id: 'shutdown',
  title: 'A shutdown',
  description:
    'Shutdown of a container in which nitro is pid 1: SYS/finish runs; then the services are brought down, web at once and deaf by SIGKILL after ' +
    'seven seconds; then the logger LOG; then what is left of processes is ended; then SYS/final runs and the system ends.',
  notes: [
    'nitro is pid 1 of a container. web ends when it is told to; deaf does not, and is killed after 7 s; LOG is the logger of both, and goes last.',
    'In a container or a machine every process is then sent SIGTERM and SIGKILL; otherwise the system goes from stoppingLoggers to final.',
  ],
  lanes: [
    { id: 'system', about: 'pid 1 of a container', model: systemModel, start: 'run' },
    { id: 'web', about: 'a service', model: serviceModel, start: 'UP' },
    { id: 'deaf', about: 'a service that ignores SIGTERM', model: serviceModel, start: 'UP' },
    { id: 'LOG', about: 'the logger of both', model: serviceModel, start: 'UP' },
  ],
  given: [
    { at: 0, lane: 'system', event: 'SHUTDOWN_ASKED' },
    { at: 200, lane: 'system', event: 'SYS_FINISH_EXITED' },
    { at: 200, lane: 'web', event: 'WANT_DOWN', holds: down },
    { at: 200, lane: 'deaf', event: 'WANT_DOWN', holds: down },
    { at: 210, lane: 'web', event: 'RUN_EXITED', holds: down },
    { at: 250, lane: 'web', event: 'FINISH_EXITED', holds: down },
    { at: 7201, lane: 'deaf', event: 'RUN_EXITED', holds: down },
    { at: 7250, lane: 'deaf', event: 'FINISH_EXITED', holds: down },
    { at: 7250, lane: 'system', event: 'SERVICES_DOWN' },
    { at: 7250, lane: 'LOG', event: 'WANT_DOWN', holds: down },
    { at: 7260, lane: 'LOG', event: 'RUN_EXITED', holds: down },
    { at: 7261, lane: 'LOG', event: 'FINISH_EXITED', holds: down },
    { at: 7261, lane: 'system', event: 'LOGGERS_DOWN', holds: ['isPid1'] },
    { at: 7300, lane: 'system', event: 'CHILDLESS' },
    { at: 7301, lane: 'system', event: 'CHILDLESS' },
    { at: 7302, lane: 'system', event: 'REINCARNATE_FAILED' },
    { at: 7400, lane: 'system', event: 'SYS_FINAL_EXITED' },
  ],
  holdsAtTimers: down,
};

export const stories: readonly Story[] = [crashAndRestart, shutdown];
