/**
 * Whom a step comes from.
 *
 * Theory of operation. A trace has steps in a row, causes before what they cause (docs/trace.md), but does not say which caused
 * which. It can be read off them: a step of a service that starts its logger is followed at once by the WANT_UP of that logger, the last of
 * a chain first; one of the system that scans, stops services or stops loggers is followed by their wishes. Any other wish was somebody's, and all
 * other events are facts about processes. What is concluded about loggers is remembered: it tells who writes to whom.
 */
import type { Source } from './messages.js';

export interface Step {
  readonly t: number;
  readonly machine: 'service' | 'system';
  readonly service: string;
  readonly event: string;
  readonly from: string;
  readonly to: string;
  readonly actions: readonly string[];
}

export interface Origin {
  readonly source: Source;
  readonly by: string | null;
}

const asked = ['RESCAN_ASKED', 'SHUTDOWN_ASKED', 'REBOOT_ASKED', 'SYS_DOWN_ASKED'];
const wishes = ['WANT_UP', 'WANT_DOWN', 'WANT_RESTART'];
/** What a scan brings about is told with it, in the same turn. */
const turnMs = 20;

/** Is this the event of a timer? The daemon says TIMER, a model may say which. */
export function isTimer(event: string): boolean {
  return event === 'TIMER' || event.startsWith('after ');
}

export class Causes {
  /** The service whose step starts its loggers now, and those it has started. */
  private starter: { readonly service: string; readonly chain: string[] } | null = null;
  private scannedAt = -Infinity;
  private system = '';

  /** `wrote` is told that the output of a service goes to a logger. */
  constructor(private readonly wrote: (service: string, logger: string) => void) {}

  /** The steps before this one are not known. */
  lost(): void {
    this.starter = null;
    this.scannedAt = -Infinity;
  }

  /** Steps must come in their order. */
  of(step: Step): Origin {
    const origin = step.machine === 'system' ? this.ofSystem(step) : this.ofService(step);
    const isLoggerOfAnother = this.starter?.chain.includes(step.service) === true;
    if (step.actions.includes('startLogger') && !isLoggerOfAnother) this.starter = { service: step.service, chain: [] };
    return origin;
  }

  private ofSystem(step: Step): Origin {
    this.starter = null;
    this.system = step.to;
    this.scannedAt = step.actions.some((action) => action === 'scan' || action === 'startGlobalLogger') ? step.t : -Infinity;
    if (asked.includes(step.event)) return { source: 'nitroctl', by: null };
    if (isTimer(step.event)) return { source: 'timer', by: null };
    return step.event.startsWith('SYS_') || step.event === 'CHILDLESS' ? { source: 'process', by: null } : { source: 'system', by: null };
  }

  private ofService({ service, event, t }: Step): Origin {
    const { starter } = this;
    if (event === 'WANT_UP' && starter !== null && service !== starter.service) return { source: 'service', by: this.startedBy(starter, service) };
    // Within the chain there are only the wishes and what launching finds out at once.
    if (starter?.chain.includes(service) !== true) this.starter = null;
    if (event === 'CREATED') return { source: 'system', by: null };
    if (isTimer(event)) return { source: 'timer', by: null };
    if (wishes.includes(event)) return { source: this.isFromSystem(event, t) ? 'system' : 'nitroctl', by: null };
    return { source: 'process', by: null };
  }

  private isFromSystem(event: string, t: number): boolean {
    if (event === 'WANT_DOWN' && this.system.startsWith('shutdown.stopping')) return true;
    return event !== 'WANT_RESTART' && t - this.scannedAt <= turnMs;
  }

  /** The next logger of the chain; a logger that is started looks again after the one before it. */
  private startedBy(starter: { readonly service: string; readonly chain: string[] }, logger: string): string {
    const last = starter.chain[starter.chain.length - 1];
    if (starter.chain.includes(logger)) return last !== undefined && last !== logger ? last : starter.service;
    starter.chain.push(logger);
    if (last !== undefined) this.wrote(logger, last);
    this.wrote(starter.service, logger);
    return starter.service;
  }
}
