/**
 * A simulated process that does what a script's `Behaviour` says.
 *
 * Theory of operation. Its life is a list of steps with times. One step at a time is in the agenda; a write that finds no room, and
 * SIGSTOP, hold it up, and what follows is late by as much. It comes to life forked, with the caught signals blocked, becomes what the file
 * says by its exec, and ends in two moments that may lie apart: its descriptors are closed, and then its parent can know.
 */
import { E, S } from './errors.js';
import type { Pipe } from './pipe.js';
import type { Behaviour } from './scenario.js';
import type { World } from './world.js';

export interface Ends {
  readonly stdin: Pipe | null;
  readonly stdout: Pipe | null;
  /** Write end of the exec status pipe until the exec. */
  status: Pipe | null;
  ready: Pipe | null;
}

type Step = { readonly at: number } & (
  | { readonly kind: 'write'; readonly text: string; readonly to: 'stdout' | 'ready' }
  | { readonly kind: 'ask'; readonly index: number }
  | { readonly kind: 'end'; readonly status: number }
);

/** Signals that are blocked between fork and exec (runtime/host/signals.c). */
const blockedBeforeExec: readonly number[] = [S.HUP, S.INT, S.TERM, S.PIPE];
const readBytes = 512;

export class Process {
  phase: 'forked' | 'hanging' | 'running' | 'ended' | 'zombie' = 'forked';
  /** Raw wait status. */
  status = 0;
  isStopped = false;
  behaviour: Behaviour = {};
  private steps: Step[] = [];
  private pendingSignal = 0;
  private isDraining = false;
  private startedAt = 0;
  /** What it waits for while it is stopped. */
  private held: (() => void) | null = null;
  private unwritten = '';

  constructor(
    private readonly world: World,
    readonly pid: number,
    readonly service: string,
    readonly script: string,
    readonly ends: Ends,
    /** nitro is its parent. */
    readonly isChild: boolean,
  ) {
    for (const end of [ends.stdout, ends.status, ends.ready]) if (end !== null) end.writers += 1;
    if (ends.stdin !== null) ends.stdin.readers += 1;
  }

  get isAlive(): boolean {
    return this.phase !== 'ended' && this.phase !== 'zombie';
  }

  /** Its exec, of a file that is found only now. */
  execute(find: () => Behaviour | number): void {
    this.unlessStopped(() => this.begin(find));
  }

  private begin(find: () => Behaviour | number): void {
    const found = find();
    const hangs = typeof found === 'number' ? 0 : (found.hangs ?? 0);
    if (hangs === 0) {
      this.become(found);
      return;
    }
    this.phase = 'hanging';
    this.world.agenda.after(hangs, this, () => this.become(found));
  }

  private become(found: Behaviour | number): void {
    if (this.pendingSignal !== 0) {
      this.end(this.pendingSignal);
      return;
    }
    const error = typeof found === 'number' ? -found : found.fails === undefined ? 0 : E[found.fails];
    this.world.note({ type: 'executed', pid: this.pid, error, behaviour: typeof found === 'number' ? {} : found }, this.service, this.script);
    if (error > 0) {
      this.ends.status?.write(String(error));
      this.end(111 << 8);
      return;
    }
    this.phase = 'running';
    this.behaviour = typeof found === 'number' ? {} : found;
    this.closeStatus();
    this.startedAt = this.world.agenda.now;
    this.steps = stepsOf(this.behaviour);
    this.plan();
    this.waitForInput();
  }

  /** nitro, another process or the system sends a signal. */
  signal(number: number): void {
    if (!this.isAlive) return;
    if (this.phase === 'forked' && blockedBeforeExec.includes(number)) this.pendingSignal = number;
    else if (this.phase === 'hanging') this.pendingSignal = number === S.KILL || this.pendingSignal === 0 ? deadly(number) : this.pendingSignal;
    else if (number === S.KILL) this.end(number);
    else if (number === S.STOP) this.isStopped = true;
    else if (number === S.CONT) this.goOn();
    else if (this.isStopped) this.pendingSignal = number;
    else if (this.phase === 'forked') this.end(number);
    else this.react(number);
  }

  private react(number: number): void {
    const reaction = this.behaviour.onSignal ?? 'dies';
    if (reaction === 'dies') this.end(number);
    else if (reaction === 'drains') {
      this.isDraining = true;
      if (this.ends.stdin === null || this.ends.stdin.data === '') this.end(0);
    } else if (typeof reaction === 'number') {
      this.world.agenda.clear(this);
      this.steps = [{ kind: 'end', status: 0, at: this.world.agenda.now - this.startedAt + reaction }];
      this.behaviour = { ...this.behaviour, onSignal: 'ignores' };
      this.plan();
    }
  }

  private goOn(): void {
    if (!this.isStopped) return;
    this.isStopped = false;
    const { held, pendingSignal } = this;
    this.held = null;
    this.pendingSignal = 0;
    if (pendingSignal !== 0) this.react(pendingSignal);
    if (this.isAlive) held?.();
  }

  /** Put the next step into the agenda. */
  private plan(): void {
    const [step] = this.steps;
    if (step === undefined) return;
    const due = Math.max(0, this.startedAt + step.at - this.world.agenda.now);
    this.world.agenda.after(due, this, () => this.unlessStopped(() => this.perform(step)));
  }

  private unlessStopped(act: () => void): void {
    if (!this.isAlive) return;
    if (this.isStopped) {
      const { held } = this;
      this.held = (): void => {
        held?.();
        if (this.isAlive) act();
      };
    } else act();
  }

  private perform(step: Step): void {
    // Meanwhile a signal may have made other plans.
    if (this.steps[0] !== step) return;
    this.steps.shift();
    switch (step.kind) {
      case 'end':
        this.end(step.status);
        return;
      case 'ask': {
        const request = this.behaviour.asks?.[step.index]?.request;
        if (request !== undefined) this.world.clients.ask(request, 'waits');
        this.plan();
        return;
      }
      case 'write':
        if (step.to === 'stdout') {
          this.write(step.text);
          return;
        }
        this.ends.ready?.write(step.text);
        this.closeReady();
        this.plan();
        return;
    }
  }

  /** Write to stdout, and go on when all of it is written. */
  private write(text: string): void {
    const { stdout } = this.ends;
    if (stdout === null) {
      this.plan();
      return;
    }
    if (stdout.readers === 0) {
      this.end(S.PIPE);
      return;
    }
    const bytes = stdout.write(text);
    if (bytes > 0) this.world.note({ type: 'wrote', pid: this.pid, pipe: stdout.id, bytes }, this.service, this.script);
    this.unwritten = text.slice(bytes);
    if (this.unwritten === '') {
      this.plan();
      return;
    }
    const again = (): void => this.world.agenda.after(0, this, () => this.unlessStopped(() => this.write(this.unwritten)));
    stdout.waitingForRoom.push(again);
  }

  private waitForInput(): void {
    const { stdin } = this.ends;
    const { reads } = this.behaviour;
    if (stdin === null || reads === undefined || !this.isAlive) return;
    if (stdin.data === '') {
      stdin.waitingForData.push(() => this.waitForInput());
      return;
    }
    this.world.agenda.after(reads, this.world.readingLane(this), () => this.unlessStopped(() => this.read(stdin)));
  }

  private read(stdin: Pipe): void {
    const bytes = stdin.read(readBytes).length;
    if (bytes > 0) this.world.note({ type: 'read', pid: this.pid, pipe: stdin.id, bytes }, this.service, this.script);
    if (this.isDraining && stdin.data === '') this.end(0);
    else this.waitForInput();
  }

  /** It is no more; with a raw wait status. Its parent may come to know it later. */
  end(status: number): void {
    if (!this.isAlive) return;
    this.phase = 'ended';
    this.status = status;
    this.world.agenda.clear(this);
    this.leaveOrphan();
    const { stdin, stdout } = this.ends;
    this.closeStatus();
    this.closeReady();
    if (stdout !== null) this.world.closeWriter(stdout);
    if (stdin !== null) this.world.closeReader(stdin);
    const late = this.world.chooser.choose(3, 'late');
    if (late === 0) {
      this.becomeZombie();
      return;
    }
    this.world.note({ type: 'died', pid: this.pid }, this.service, this.script);
    this.world.agenda.after(late === 1 ? 0 : 3, this, () => this.becomeZombie());
  }

  private becomeZombie(): void {
    this.phase = 'zombie';
    this.world.note({ type: 'ended', pid: this.pid, status: this.status }, this.service, this.script);
    if (this.isChild) this.world.raise(S.CHLD);
    else this.world.forget(this);
  }

  private leaveOrphan(): void {
    const { orphan, onSignal } = this.behaviour;
    if (orphan === undefined || orphan <= 0) return;
    const { stdout, ready } = this.ends;
    const writes = stdout === null ? [] : [{ at: Math.floor(orphan / 2), bytes: 3 }];
    // It listens to signals as the one does that left it behind.
    const listens = onSignal === 'ignores' ? { onSignal } : {};
    this.world.adopt({ lasts: orphan, writes, ...listens }, { stdin: null, stdout, status: null, ready });
  }

  private closeStatus(): void {
    if (this.ends.status !== null) this.ends.status.writers -= 1;
    this.ends.status = null;
  }

  private closeReady(): void {
    if (this.ends.ready !== null) this.ends.ready.writers -= 1;
    this.ends.ready = null;
  }

  /** For a fingerprint of the state. */
  describe(): string {
    const { phase, service, script, isStopped, pendingSignal, isDraining, unwritten, behaviour } = this;
    const steps = this.steps.map(({ kind, at }) => `${kind}${String(this.startedAt + at - this.world.agenda.now)}`).join(' ');
    const status = this.isAlive ? '' : this.status;
    return [service, script, phase, status, isStopped, pendingSignal, isDraining, unwritten.length, steps, behaviour.onSignal].join('|');
  }
}

/** What it dies of by default; SIGCONT and SIGSTOP are of no interest where nothing can be interrupted. */
function deadly(signal: number): number {
  return signal === S.CONT || signal === S.STOP ? 0 : signal;
}

function stepsOf(behaviour: Behaviour): Step[] {
  const steps: Step[] = [];
  for (const { at, bytes } of behaviour.writes ?? []) steps.push({ kind: 'write', at, text: 'x'.repeat(bytes), to: 'stdout' });
  if (behaviour.ready !== undefined) steps.push({ kind: 'write', at: behaviour.ready.at, text: behaviour.ready.text, to: 'ready' });
  (behaviour.asks ?? []).forEach(({ at }, index) => steps.push({ kind: 'ask', at, index }));
  steps.sort((a, b) => a.at - b.at);
  const { lasts, exit = 0, dies } = behaviour;
  if (lasts === undefined) return steps;
  const status = dies === undefined ? exit << 8 : S[dies];
  return [...steps.filter(({ at }) => at <= lasts), { kind: 'end', at: lasts, status }];
}
