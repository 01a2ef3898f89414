/**
 * Where entries come from, if not from a recorded trace (playback.ts): a daemon that runs.
 *
 * Theory of operation. A daemon is followed; when it is gone it is looked for until it is back, and followed on, on the same clock. After changes, and
 * every few seconds, the list is asked for, and the directory is looked at for who writes to whom.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { follow, Unreachable } from '../trace/follow.js';
import type { Following, FollowOptions } from '../trace/follow.js';
import type { Inspection } from './inspection.js';
import { directoryOf, loggersIn } from './loggers.js';
import { info, list, listWithCare } from './nitroctl.js';
import type { Nitroctl } from './nitroctl.js';

/** How soon the list is asked for after a change, and how often without one; milliseconds. */
const refreshMs = { soon: 80, idle: 4000 } as const;
/** How often a daemon that is not there is looked for. */
const retryMs = 300;
/** A list that takes long is asked for less often: it shall take this part of the time at most. */
const listShare = 8;

/** Ask for the list when something has changed, for as long as a daemon is followed. */
class Refresher {
  hasStarted = false;
  private directory: string | null = null;
  private timer: NodeJS.Timeout | null = null;
  private isIdle = false;
  private isStopped = false;
  private pauseMs: number = refreshMs.soon;

  constructor(
    private readonly nitroctl: Nitroctl,
    private readonly inspection: Inspection,
  ) {}

  async start(): Promise<void> {
    this.hasStarted = true;
    const pid = (await info(this.nitroctl))?.pid ?? null;
    if (pid !== null) this.directory = directoryOf(pid);
    await this.refresh();
  }

  changed(): void {
    if (this.isIdle) this.plan(this.pauseMs);
  }

  stop(): void {
    this.isStopped = true;
    if (this.timer !== null) clearTimeout(this.timer);
  }

  private plan(ms: number): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.isIdle = false;
    this.timer = this.isStopped ? null : setTimeout(() => void this.refresh(), ms);
  }

  private async refresh(): Promise<void> {
    const { model, header } = this.inspection;
    const began = performance.now();
    const asked = model.count;
    const services = header?.detail === 'states' ? await listWithCare(this.nitroctl, model.names()) : await list(this.nitroctl);
    if (this.isStopped) return;
    const isSettled = services !== null && model.refresh(services, asked, this.inspection.now);
    const loggers = this.directory === null ? null : loggersIn(this.directory, model.names());
    if (loggers !== null) model.link(loggers);
    this.pauseMs = Math.max(refreshMs.soon, (performance.now() - began) * listShare);
    // The idle look is for what nobody tells: a service that was forgotten, a state that was not announced.
    this.plan(isSettled ? refreshMs.idle : this.pauseMs);
    this.isIdle = isSettled;
  }
}

/** Follow a daemon. Throws `Unreachable` if it is not there and `mayWait` is false, and `CannotRun` if there is no way to ask. */
export async function findDaemon(options: FollowOptions, mayWait: boolean, signal: AbortSignal): Promise<Following | null> {
  while (!signal.aborted) {
    try {
      return await follow(options);
    } catch (error) {
      if (!mayWait || !(error instanceof Unreachable)) throw error;
    }
    await sleep(retryMs, undefined, { signal }).catch(() => undefined);
  }
  return null;
}

/** Inspect a daemon until the signal; `first` is followed already. */
export async function inspectDaemon(
  inspection: Inspection,
  nitroctl: Nitroctl,
  options: FollowOptions,
  first: Following | null,
  signal: AbortSignal,
): Promise<void> {
  let following = first;
  for (;;) {
    following ??= await findDaemon(options, true, signal);
    if (following === null) return;
    const stop = following.stop;
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    await inspectLife(inspection, nitroctl, following);
    signal.removeEventListener('abort', stop);
    if (signal.aborted) return;
    inspection.turn('gone');
    following = null;
  }
}

async function inspectLife(inspection: Inspection, nitroctl: Nitroctl, following: Following): Promise<void> {
  const refresher = new Refresher(nitroctl, inspection);
  const begun = inspection.now;
  inspection.begin(following.header);
  const start = (): void => {
    inspection.turn('live');
    void refresher.start();
  };
  // A daemon that tells steps tells all that is there first; another one may not be able to list many services.
  if (following.header.detail === 'states') start();
  for await (const entry of following.entries) {
    inspection.take({ ...entry, t: begun + entry.t });
    if (refresher.hasStarted) refresher.changed();
    else if (entry.kind === 'present') start();
  }
  refresher.stop();
}
