/**
 * Everything outside nitro: time, files, processes, pipes, clients, and what happens among them.
 *
 * Theory of operation. The world moves only when nitro lets it: in `poll`, which waits for it, and, where the chooser wants it so, by one step
 * within calls between which the real world would not stand still either. `SimulatedOs` is nitro's view of it.
 */
import { Agenda } from './agenda.js';
import type { Chooser } from './choice.js';
import { Clients } from './clients.js';
import { E, S } from './errors.js';
import { executable, Files } from './files.js';
import { serviceDirectory } from './layout.js';
import { Pipe } from './pipe.js';
import { Process } from './process.js';
import type { Ends } from './process.js';
import type { Behaviour, Command, Scenario } from './scenario.js';
import type { Entry, Observed } from './trace.js';

const firstPid = 100;

export class World {
  readonly agenda: Agenda;
  readonly files = new Files();
  readonly clients: Clients = new Clients(this);
  readonly trace: Entry[] = [];
  readonly processes = new Map<number, Process>();
  /** Signals that were sent to nitro and are blocked until it waits. */
  readonly pendingSignals = new Set<number>();
  faults = 0;
  isEndAsked = false;
  offersLeft: number;
  /** Called where nitro begins to wait. */
  atRest: (() => void) | null = null;
  /** What a script does in its next life, in place of what its file says; null: as its file says. */
  behaviourOf: ((service: string, script: string) => Behaviour | null) | null = null;
  readonly pipes: Pipe[] = [];
  private readonly readingLanes = new Map<Process, object>();
  private lastPid = firstPid - 1;

  constructor(
    readonly scenario: Scenario,
    readonly chooser: Chooser,
  ) {
    this.agenda = new Agenda(chooser);
    this.build();
    this.clients.listen();
    for (const { at, command } of scenario.commands) this.agenda.after(at, this, () => this.carryOut(command));
    this.offersLeft = scenario.offers?.max ?? 0;
    if (scenario.offers === undefined) this.agenda.after(scenario.endsAt, this.clients, () => this.askForTheEnd());
  }

  get nitroPid(): number {
    return this.scenario.mode === 'process' ? 50 : 1;
  }

  note(what: Observed, service = '', script = ''): void {
    // Every entry has the same shape, which makes it fast to read.
    this.trace.push({ at: this.agenda.now, service, script, ...what });
  }

  private build(): void {
    const { services, sys } = this.scenario;
    this.files.directory(serviceDirectory);
    this.files.directory('/dev');
    this.files.directory('/run');
    this.files.put('/dev/null', { kind: 'file', text: '', plan: null, lives: 0 });
    for (const [name, plan] of Object.entries(services)) this.files.putService(`${serviceDirectory}/${name}`, plan);
    for (const script of ['setup', 'finish', 'final'] as const) {
      const plan = sys[script];
      if (plan !== undefined) this.files.put(`${serviceDirectory}/SYS/${script}`, executable(plan));
    }
    if (sys.reincarnate !== undefined) this.files.put(`${serviceDirectory}/SYS/reincarnate`, executable([]));
  }

  private askForTheEnd(): void {
    this.isEndAsked = true;
    this.clients.ask({ kind: 'shutdown' }, 'waits');
  }

  /** One of the commands that are on offer may come now, or the end be asked for. */
  offer(): void {
    const { offers } = this.scenario;
    if (offers === undefined || this.isEndAsked) return;
    const commands = this.offersLeft > 0 ? offers.commands : [];
    const chosen = this.chooser.choose(2 + commands.length, 'offer');
    if (chosen === 0) return;
    const command = commands[chosen - 2];
    if (command === undefined) this.askForTheEnd();
    else {
      this.offersLeft -= 1;
      this.carryOut(command);
    }
  }

  /** Nothing will ever happen any more: true if the end was asked for only now. */
  endOfAll(): boolean {
    if (this.scenario.offers === undefined || this.isEndAsked) return false;
    this.askForTheEnd();
    return true;
  }

  private carryOut(command: Command): void {
    this.note({ type: 'commanded', command });
    switch (command.kind) {
      case 'ask':
        if (command.request.kind === 'shutdown' || command.request.kind === 'reboot') this.isEndAsked = true;
        this.clients.ask(command.request, command.manner);
        return;
      case 'datagram':
        this.clients.send(command.data, '', 'waits');
        return;
      case 'signal':
        this.raise(S[command.signal]);
        return;
      case 'kill':
        for (const process of [...this.processes.values()]) {
          if (process.service === command.name && process.script === 'run') process.signal(S[command.signal]);
        }
        return;
      case 'edit':
        this.files.edit(serviceDirectory, command.edit);
        return;
    }
  }

  /** A signal to nitro. */
  raise(signal: number): void {
    this.pendingSignals.add(signal);
  }

  pipe(capacity: number, isLog: boolean): Pipe {
    const pipe = new Pipe(this.pipes.length, capacity, isLog);
    this.pipes.push(pipe);
    return pipe;
  }

  closeReader(pipe: Pipe): void {
    pipe.readers -= 1;
    if (pipe.readers > 0) return;
    if (pipe.isLog) this.note({ type: 'pipeGone', pipe: pipe.id, unread: pipe.data.length });
    for (const wake of pipe.waitingForRoom.splice(0)) wake();
  }

  closeWriter(pipe: Pipe): void {
    pipe.writers -= 1;
    if (pipe.writers === 0) for (const wake of pipe.waitingForData.splice(0)) wake();
  }

  /** A process reads beside what else it does: that is a lane of its own. */
  readingLane(process: Process): object {
    const known = this.readingLanes.get(process);
    if (known !== undefined) return known;
    const lane = {};
    this.readingLanes.set(process, lane);
    return lane;
  }

  /** The next free pid; null if all are taken. */
  private freePid(): number | null {
    for (let tries = 0; tries < this.scenario.pids; tries++) {
      this.lastPid = this.lastPid + 1 < firstPid + this.scenario.pids ? this.lastPid + 1 : firstPid;
      if (!this.processes.has(this.lastPid)) return this.lastPid;
    }
    return null;
  }

  /** A process that nitro forked, before its exec; or minus the errno. */
  fork(service: string, script: string, ends: Ends): Process | number {
    return this.create(service, script, ends, true);
  }

  /** A process that another left behind: nitro's child only where nitro is pid 1. */
  adopt(behaviour: Behaviour, ends: Ends): void {
    const process = this.create('', 'orphan', ends, this.scenario.mode !== 'process');
    if (typeof process !== 'number') process.execute(() => behaviour);
  }

  private create(service: string, script: string, ends: Ends, isChild: boolean): Process | number {
    const pid = this.freePid();
    if (pid === null) return -E.EAGAIN;
    const process = new Process(this, pid, service, script, ends, isChild);
    this.processes.set(pid, process);
    return process;
  }

  /** Its pid is free again. */
  forget(process: Process): void {
    this.processes.delete(process.pid);
    this.readingLanes.delete(process);
  }

  get children(): readonly Process[] {
    return [...this.processes.values()].filter(({ isChild }) => isChild);
  }
}
