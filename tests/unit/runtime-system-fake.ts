/** The system machine among surroundings that only say what they were asked. */
import { expect } from 'vitest';
import { Bugs } from '../../runtime/bugs.js';
import { Console } from '../../runtime/console.js';
import { readDelays } from '../../runtime/delays.js';
import type { Os } from '../../runtime/os.js';
import { Services } from '../../runtime/service.js';
import type { Service } from '../../runtime/service.js';
import type { SysScript } from '../../runtime/sys.js';
import { System } from '../../runtime/system.js';
import type { Mode, SystemParts } from '../../runtime/system.js';
import { Timers } from '../../runtime/timers.js';
import { serviceTable } from '../../table/service.js';

export interface Surroundings {
  readonly mode?: Mode;
  /** Scripts of SYS that there are. */
  readonly scripts?: readonly SysScript[];
  /** Services and loggers that run when the end begins. */
  readonly services?: number;
  readonly loggers?: number;
  readonly hasChildren?: boolean;
}

export class Stage {
  readonly log: string[] = [];
  readonly timers = new Timers<System>();
  readonly system: System;
  now = 0;
  hasChildren: boolean;
  /** Wait status with which the service that decides ended; null: none is named. */
  exitStatus: number | null = null;
  /** How many are still waited for. */
  private waiting = 0;
  private running: SysScript | null = null;

  constructor({ mode = 'process', scripts = [], services = 0, loggers = 0, hasChildren = true }: Surroundings = {}) {
    this.hasChildren = hasChildren;
    const says = (what: string) => (): void => void this.log.push(what);
    const os: Partial<Os> = {
      signals: { TERM: 15, CONT: 18, KILL: 9 } as Partial<Os['signals']> as Os['signals'],
      now: () => this.now,
      killAll: (signal) => this.log.push(`kill all ${String(signal)}`),
      childless: () => !this.hasChildren,
      say: (text) => this.log.push(text.trimEnd()),
    };
    const console = new Console(os as Os);
    const parts = {
      os,
      console,
      bugs: new Bugs(console),
      delays: readDelays(undefined, console),
      mode,
      sys: {
        start: (script: SysScript, args: readonly string[]) => {
          if (!scripts.includes(script)) return false;
          this.running = script;
          this.log.push(['SYS', script, ...args].join(' '));
          return true;
        },
        signal: says('signal SYS'),
        kill: says('kill SYS'),
        ended: (pid: number) => (pid === 1 ? this.running : null),
      },
      scan: { startGlobalLogger: says('start LOG'), run: says('scan') },
      stopping: {
        stopServices: () => {
          this.waiting = services;
          this.log.push('stop services');
        },
        stopLoggers: () => {
          this.waiting = loggers;
          this.log.push('stop loggers');
        },
        stopUnused: says('stop unused'),
        rests: () => {
          this.waiting -= 1;
          return this.waiting === 0;
        },
        isIdle: () => this.waiting === 0,
        done: () => undefined,
      },
      ending: {
        closeControl: says('close'),
        reincarnate: says('reincarnate'),
        end: (outcome: string, status: number) => this.log.push(`end by ${outcome} ${String(status)}`),
      },
      tracing: { step: () => undefined },
      exitStatus: { update: () => undefined, takes: () => this.exitStatus !== null, value: 3 },
    };
    this.system = new System(parts as unknown as SystemParts, this.timers);
  }

  done(): readonly string[] {
    return this.log.splice(0);
  }

  /** Brought up, in run. */
  up(): this {
    this.system.boot();
    if (this.system.leafName === 'bringUp.settingUp') this.system.ended(1, 0);
    expect(this.system.leafName).toBe('run');
    this.done();
    return this;
  }

  /** A service, or a logger, comes to rest. */
  rests(state = 'DOWN'): void {
    const service: Service = new Services(() => 0).create('a');
    service.leaf = serviceTable.leaves.findIndex((leaf) => leaf.state === state);
    this.system.rests(service);
  }

  /** The timer fires, if one runs; how long it was. */
  timer(): number | null {
    const next = this.timers.next();
    if (next === null) return null;
    const ms = next - this.now;
    this.now = next;
    expect(this.timers.takeDue(next)).toBe(this.system);
    this.system.post('TIMER');
    return ms;
  }
}
