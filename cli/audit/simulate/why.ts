/**
 * Why a machine took a step, in words: from the event, and from what was seen just before it.
 */
import { errorName, signalName } from '../../../model-tests/sim/errors.js';
import type { Entry as Observed } from '../../../model-tests/sim/trace.js';
import { globalLogger } from '../../../runtime/directory.js';
import type { Bytes } from '../../../runtime/os.js';
import type { Request } from '../../../runtime/protocol.js';
import { serviceTable } from '../../../table/service.js';
import { systemTable } from '../../../table/system.js';
import { textOf } from '../check/names.js';
import type { Happening, Step } from './simulate.js';

/** Why a life is over at the end of its `run`. */
export const noFinish = 'there is no finish';

/** How a process ended. */
export function endText(status: number): string {
  const signal = status & 0x7f;
  return signal === 0 ? `exited ${String((status >> 8) & 0xff)}` : `died of SIG${signalName(signal)}`;
}

function secondsText(ms: number): string {
  return ms < 1000 ? `${String(ms)} ms are over` : `${String(ms / 1000)} s are over`;
}

/** The timer of a leaf fired. */
function timerText({ service, from }: Step): string {
  const table = service === '' ? systemTable : serviceTable;
  const delay = table.leaves.find(({ name }) => name === from)?.delay ?? null;
  switch (delay) {
    case null:
      return 'its time is over';
    case 'CREATION':
      return 'found by the scan';
    case 'STARTING':
      return `it has run for ${String(serviceTable.delays.STARTING / 1000)} s`;
    case 'RESPAWN':
    case 'SPAWN_ERROR':
      return `it has waited for ${String(serviceTable.delays[delay] / 1000)} s`;
    case 'SHUTDOWN':
    case 'FINISH':
    case 'SYS_FINISH':
    case 'SYS_FINAL':
    case 'SIGTERM_ALL':
    case 'SIGKILL_ALL': {
      const delays: { readonly [name: string]: number } = table.delays;
      return secondsText(delays[delay] ?? 0);
    }
  }
}

function nameOf(request: Request | null): Bytes {
  return request !== null && 'name' in request ? request.name : '';
}

/** What has been seen so far, as far as a later step may be due to it. */
export class Causes {
  private readonly ends = new Map<string, number>();
  private readonly errors = new Map<string, number>();
  private request: { readonly t: number; readonly request: Request } | null = null;
  private signalAt = -1;
  private spoke = '';
  /** The steps that were taken at this moment: one may have caused another. */
  private moment: { t: number; steps: Step[] } = { t: -1, steps: [] };

  /** Take in what was seen. */
  see(t: number, entry: Observed): void {
    const key = `${entry.service}/${entry.script}`;
    if (entry.type === 'reaped') this.ends.set(key, entry.status);
    if (entry.type === 'executed') this.errors.set(key, entry.error);
    if (entry.type === 'received' && entry.request !== null) this.request = { t, request: entry.request };
    if (entry.type === 'commanded' && entry.command.kind === 'signal') this.signalAt = t;
    if (entry.type === 'said') this.spoke = entry.text;
  }

  /** Why this step was taken; after all that was seen before it. */
  of(t: number, step: Step): string {
    const why = step.service === '' ? this.ofSystem(t, step) : this.ofService(t, step);
    if (this.moment.t !== t) this.moment = { t, steps: [] };
    this.moment.steps.push(step);
    return why;
  }

  private ended(service: Bytes, script: string): string {
    const error = this.errors.get(`${service}/${script}`) ?? 0;
    if (error > 0) return `${script} cannot be executed: ${errorName(error)}`;
    const status = this.ends.get(`${service}/${script}`);
    return status === undefined ? `${script} is not there` : `${script} ${endText(status)}`;
  }

  private ofService(t: number, step: Step): string {
    const { service, event } = step;
    switch (event) {
      case 'TIMER':
        return timerText(step);
      case 'CREATED':
        return 'found by the scan';
      case 'SETUP_EXITED':
        return this.ended(service, 'setup');
      case 'RUN_EXITED':
      case 'EXEC_FAILED':
        return this.ended(service, 'run');
      case 'FINISH_EXITED': {
        const finish = `${service}/finish`;
        const text = this.ended(service, 'finish');
        this.ends.delete(finish);
        this.errors.delete(finish);
        return text === 'finish is not there' ? noFinish : text;
      }
      case 'EXEC_SUCCEEDED':
        return 'run is executed';
      case 'READY':
        return this.asked(t, service) ?? 'run tells that it is ready';
      case 'RUN_MISSING':
        return 'there is no run';
      case 'SPAWN_FAILED':
        return 'it cannot be forked now';
      case 'LAUNCH_IMPOSSIBLE':
        return textOf(this.spoke.trim().replace(/^- nitro: /, ''));
      default:
        return this.asked(t, service) ?? this.wished(t, step);
    }
  }

  /** Somebody asked for just this. */
  private asked(t: number, service: Bytes): string | null {
    const { request } = this;
    if (request?.t !== t || nameOf(request.request) !== service) return null;
    return `nitroctl ${request.request.kind}`;
  }

  /** nitro itself wants it. */
  private wished(t: number, { event, service }: Step): string {
    const before = this.moment.t === t ? this.moment.steps : [];
    const last = (holds: (step: Step) => boolean): Step | undefined => [...before].reverse().find(holds);
    if (event === 'WANT_DOWN') {
      const system = last((step) => step.service === '' && step.actions.some((action) => ['stopServices', 'stopLoggers', 'scan'].includes(action)));
      if (system?.actions.includes('stopServices') === true) return 'the system goes down';
      return system?.actions.includes('scan') === true ? 'gone from the directory' : 'nobody is left who logs to it';
    }
    const user = last((step) => step.service !== '' && step.service !== service && step.actions.includes('startLogger'));
    if (user !== undefined) return `${textOf(user.service)} logs to it`;
    return service === globalLogger ? 'it goes before all others' : 'found by the scan';
  }

  private ofSystem(t: number, step: Step): string {
    switch (step.event) {
      case 'TIMER':
        return timerText(step);
      case 'SYS_SETUP_EXITED':
        return this.endedOfSys('setup');
      case 'SYS_FINISH_EXITED':
        return this.endedOfSys('finish');
      case 'SYS_FINAL_EXITED':
        return this.endedOfSys('final');
      case 'SERVICES_DOWN':
        return 'no service is left that is no logger';
      case 'LOGGERS_DOWN':
        return 'no logger is left';
      case 'CHILDLESS':
        return 'no process is left';
      case 'REINCARNATE_FAILED':
        return 'there is no SYS/reincarnate, or it cannot be executed';
      default: {
        const asked = this.request?.t === t ? this.request.request.kind : '';
        if (['rescan', 'shutdown', 'reboot', 'down'].includes(asked)) return `nitroctl ${asked}`;
        return this.signalAt === t ? 'a signal to nitro' : 'a service ended with which nitro ends';
      }
    }
  }

  private endedOfSys(script: string): string {
    const text = this.ended('SYS', script);
    return text === `${script} is not there` ? `there is no SYS/${script}` : `SYS/${text}`;
  }
}

/** All steps with their reasons, and what else is worth a line, in the order of the simulation. */
export function explained(happenings: readonly Happening[]): readonly { readonly happening: Happening; readonly why: string }[] {
  const causes = new Causes();
  return happenings.map((happening) => {
    if (happening.kind === 'seen') causes.see(happening.t, happening.entry);
    return { happening, why: happening.kind === 'step' ? causes.of(happening.t, happening.step) : '' };
  });
}
