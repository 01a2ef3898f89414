/**
 * A path on the binary: one service, brought through its deeds, each held against what the table says.
 *
 * Theory of operation. Before a deed the directory is arranged so that it comes to the events planned; then the deed is done; then what
 * can be seen is compared: every announcement in its order and number, the scripts that start and their arguments, the signals they catch,
 * and what QUERY says of state and processes. Nothing else may be announced: the reply to QUERY comes behind all that was.
 *
 * Delays that are short in the daemon bind the lane, too: what was to be done before a timer is due, and was not, proves nothing. That
 * is not a failure but `TooSlow`, and the path is begun again with more time.
 */
import { parseServices, OK, packet, Tag } from '../../../tests/end-to-end/harness/wire.js';
import type { Listed } from '../../../tests/end-to-end/harness/wire.js';
import type { Compiled } from '../../../machines/compile.js';
import { leafName, rowName } from '../moves.js';
import type { Move } from '../moves.js';
import { announcedBy, announcedToAsker, stateIn } from './announced.js';
import { earsMax } from './ears.js';
import type { Ears } from './ears.js';
import { TooSlow } from './options.js';
import type { Path } from './plan.js';
import type { Props } from './props.js';
import type { Actor, Cast, Hand } from './stage.js';
import { now, pause, Time } from './time.js';
import { firstWorld, isHung } from './world.js';
import type { Deed, Process, World } from './world.js';

/** The daemon that lanes share. */
export interface Surroundings {
  readonly compiled: Compiled;
  /** Milliseconds of the delays that are short. */
  readonly shortMs: Readonly<Record<string, number>>;
  readonly ears: Ears;
  readonly hand: Hand;
  /** Have nitro scan the directory. */
  readonly rescan: () => Promise<void>;
  /** The lane has come to where the system goes down; it has when this is done. */
  readonly goDown: () => Promise<void>;
  /** Do something while no descriptor is free in nitro. */
  readonly withoutDescriptors: (body: () => Promise<void>) => Promise<void>;
  /** How long nitro may take to notice what it does not announce; milliseconds. */
  readonly patienceMs: number;
}

const signalTerm = 15;
const signalCont = 18;
const signalKill = 9;
/** Turns of nitro's loop after which every timer has been looked at that may be due at once: it takes 16 a turn. */
const turnsOfTimers = Math.ceil(earsMax / 16) + 1;

export class Lane {
  /** Deeds that were done as planned. */
  readonly done: Deed[] = [];
  world: World;
  protected expected: readonly string[] = [];
  private readonly history: string[] = [];
  protected readonly time: Time;
  protected actor: Actor | undefined;
  private hungPid = 0;
  /** When the present deed was begun, or was due, at the earliest. */
  private from = 0;
  private heldPid = 0;
  private exit = { status: 0, signal: 0 };

  constructor(
    readonly name: string,
    /** Of paths that can be walked in two ways, which: by exit or by signal, by newline or by request. */
    readonly variety: number,
    protected readonly cast: Cast,
    private readonly props: Props,
    protected readonly around: Surroundings,
  ) {
    this.world = firstWorld(around.compiled);
    this.time = new Time(around.compiled, around.shortMs);
  }

  /** Walk. Throws an Error that says what was seen and what should have been, or TooSlow. */
  async walk(path: Path): Promise<void> {
    for (const [index, deed] of path.entries()) {
      const next = path[index + 1];
      const names = deed.moves.map((move) => rowName(this.around.compiled, move));
      this.history.push(`${JSON.stringify(deed.stimulus)} ${JSON.stringify(deed.scene)}: ${names.join(', ')}`);
      const before = this.world;
      try {
        await this.time.grow(path, index, before);
        await this.perform(deed, next);
      } catch (error) {
        const isSlow = error instanceof TooSlow || this.time.isLate(deed, before) || this.time.isPast(deed, this.from);
        const text = `${error instanceof Error ? error.message : String(error)}\n${this.report()}`;
        throw isSlow ? new TooSlow(text, !(error instanceof TooSlow)) : new Error(text);
      }
      this.done.push(deed);
    }
  }

  /** Leave the service to itself, and ask that it goes down. */
  async leave(isAskedDown = true): Promise<void> {
    if (this.heldPid !== 0) await this.around.hand.release(this.heldPid);
    if (this.hungPid !== 0) await this.around.hand.unlease(this.props.runPath);
    this.props.arrange({ setup: false, run: 'whole', readiness: 'timed' });
    this.cast.dismiss();
    if (this.world.born && isAskedDown) this.around.ears.send(this.name, packet(Tag.DOWN, this.name));
  }

  private report(): string {
    return [
      `${this.name}, at ${leafName(this.around.compiled, this.world.leaf)} with ${this.world.process}`,
      ...this.history.map((line) => `  ${line}`),
      `  should be announced: ${this.expected.join(' ')}`,
      `  was announced:       ${this.cast.announced.join(' ')}`,
    ].join('\n');
  }

  private async perform(deed: Deed, next: Deed | undefined): Promise<void> {
    const { stimulus, scene, moves } = deed;
    const before = this.world;
    this.from = now();
    if (stimulus.kind === 'wait') await this.holdForKill(stimulus.delay);
    this.props.arrange(scene);
    if (scene.run === 'hangs') await this.around.hand.lease(this.props.runPath);
    const from = (this.from = stimulus.kind === 'wait' ? this.time.dueFrom(stimulus.delay) : now());
    const cue = async (): Promise<void> => {
      if (stimulus.kind === 'wait' && now() > this.time.dueFrom(stimulus.delay)) throw new TooSlow('the scene was set too late');
      await this.cue(deed);
      await this.seen(deed);
    };
    if (scene.limited === true) await this.around.withoutDescriptors(cue);
    else await cue();
    this.world = deed.to;
    await this.seeProcesses(before.process, deed, from);
    this.props.closeBusy();
    if (this.time.isLate(deed, before)) throw new TooSlow('the deed took too long');
    this.time.keep(before, deed, from);
    const isTimerNext = next?.stimulus.kind === 'wait' && moves.length > 0 && next.stimulus.delay !== 'SHUTDOWN' && next.stimulus.delay !== 'FINISH';
    if (!isTimerNext) await this.query(deed);
  }

  /** Do it. */
  private async cue({ stimulus, moves }: Deed): Promise<void> {
    const { ears, hand, goDown } = this.around;
    switch (stimulus.kind) {
      case 'create':
        this.props.place(stimulus.isDown);
        await this.around.rescan();
        this.expect(moves);
        return;
      case 'ask':
        if (stimulus.what === 'READY' && leafName(this.around.compiled, this.world.leaf) === 'STARTING.awaited' && this.variety % 2 === 0) {
          this.actor?.tell(`newline ${this.props.notificationFd}`);
          this.expect(moves);
          return;
        }
        this.expected = [...this.expected, ...announcedToAsker(this.around.compiled, this.world.leaf, moves)];
        ears.send(this.name, packet(Tag[stimulus.what], this.name));
        if ((await this.cast.reply()) !== OK) throw new Error(`${stimulus.what} was not answered with OK`);
        return;
      case 'exit': {
        const isKilled = this.variety % 3 === 0 && (this.world.process === 'run' || (this.world.process === 'setup' && stimulus.status === 1));
        this.exit = isKilled ? { status: -1, signal: signalKill } : { status: stimulus.status, signal: 0 };
        this.expect(moves);
        this.actor?.tell(isKilled ? `signal ${signalKill}` : `exit ${stimulus.status}`);
        return;
      }
      case 'exec':
        this.props.arrange({ run: stimulus.outcome });
        this.expect(moves);
        await this.unhang();
        return;
      case 'exec fails, held':
        this.heldPid = this.hungPid;
        if (!(await hand.hold(this.heldPid))) throw new Error('a process that hangs in exec could not be held');
        this.props.arrange({ run: 'broken' });
        await this.unhang();
        await hand.dead(this.heldPid);
        return;
      case 'killed before exec':
        this.exit = { status: -1, signal: signalKill };
        this.expect(moves);
        process.kill(this.hungPid, 'SIGKILL');
        await this.unhang();
        return;
      case 'release':
        this.expect(moves);
        await hand.release(this.heldPid);
        this.heldPid = 0;
        return;
      case 'wait':
        this.expect(moves);
        if (this.heldPid !== 0) await hand.dead(this.heldPid);
        // A timer of which nothing comes is seen by nothing that comes; so is a SIGKILL to what is dead.
        if (this.world.process === 'failed' || moves.every(({ row }) => row === null || row.actions.length === 0)) await this.passTimer(stimulus.delay);
        return;
      case 'system goes down':
        await goDown();
        return;
    }
  }

  /** It is due for certain, and nitro has since gone round often enough to have seen it. */
  private async passTimer(delay: string): Promise<void> {
    while (now() < this.time.dueUntil(delay) + 2) await pause(this.time.dueUntil(delay) + 2 - now());
    for (let turn = 0; turn < turnsOfTimers; turn++) await this.ask();
  }

  private async unhang(): Promise<void> {
    await this.around.hand.unlease(this.props.runPath);
    this.hungPid = 0;
  }

  /** A process that is to be killed must be caught before, so that it can be seen in the state after. */
  private async holdForKill(delay: string): Promise<void> {
    if ((delay !== 'SHUTDOWN' && delay !== 'FINISH') || this.heldPid !== 0) return;
    this.heldPid = this.hungPid !== 0 ? this.hungPid : (this.actor?.pid ?? 0);
    if (await this.around.hand.hold(this.heldPid)) return;
    this.heldPid = 0;
    const what = 'the process was gone before it could be held';
    throw now() > this.time.dueFrom(delay) ? new TooSlow(what) : new Error(`${what}, and before its time was over`);
  }

  private expect(moves: readonly Move[]): void {
    this.expected = [...this.expected, ...announcedBy(this.around.compiled, moves)];
  }

  /** Wait until as much was announced as should be, and compare. */
  protected async seen(_deed: Deed): Promise<void> {
    const { announced } = this.cast;
    await this.cast.until('an announcement', () => announced.length >= this.expected.length || undefined);
    this.compareAnnounced();
  }

  protected compareAnnounced(): void {
    const seen = this.cast.announced.slice(0, this.expected.length);
    if (seen.join() !== this.expected.join()) throw new Error('something else was announced');
  }

  private async seeProcesses(before: Process, { moves, to, stimulus }: Deed, from: number): Promise<void> {
    for (const { event, row } of moves) {
      const actions: readonly string[] = row?.actions ?? [];
      if (actions.includes('signalDown')) await this.seeSignals(before);
      if (actions.includes('spawnSetup') && to.process === 'setup') await this.seeActor('setup', []);
      if (actions.includes('spawnFinish')) {
        if (event === 'EXEC_FAILED') this.exit = { status: 111, signal: 0 };
        await this.seeActor('finish', [String(this.exit.status), String(this.exit.signal)]);
      }
      if (actions.includes('launch')) this.exit = { status: 0, signal: 0 };
      if (event === 'EXEC_SUCCEEDED' && to.process === 'run' && this.heldPid === 0) await this.seeActor('run', []);
      if (actions.includes('launch') || actions.includes('spawnSetup')) this.time.born(from);
    }
    if (this.heldPid !== 0 && stimulus.kind === 'wait') {
      // Its death is a SIGKILL, which finish will be told; an exec that had failed stays one that failed.
      this.exit = { status: -1, signal: signalKill };
      if (this.hungPid !== 0) await this.unhang();
    }
    if (isHung(to.process) && this.hungPid === 0) {
      this.hungPid = (await this.askUntil(({ pid }) => pid !== 0)).pid;
      this.time.born(from);
    }
    if (to.process === 'none') this.actor = undefined;
  }

  /** `setup` and `run` catch the down signal and SIGCONT; what hangs in its exec and what is dead cannot. */
  private async seeSignals(process: Process): Promise<void> {
    const { actor } = this;
    if (actor === undefined || this.heldPid !== 0 || (process !== 'setup' && process !== 'run')) return;
    const count = (signal: number): number => actor.signals.filter((each) => each === signal).length;
    actor.expectedSignals += 1;
    await this.cast.until('signals', () => (count(signalTerm) >= actor.expectedSignals && count(signalCont) >= actor.expectedSignals) || undefined);
    if (count(signalTerm) > actor.expectedSignals || actor.signals.some((each) => each !== signalTerm && each !== signalCont)) {
      throw new Error(`signals ${actor.signals.join(' ')} were caught`);
    }
  }

  private async seeActor(role: string, args: readonly string[]): Promise<void> {
    const known = this.actor;
    const { actors } = this.cast;
    const actor = await this.cast.until(`${role} starts`, () => actors.find((each) => each.role === role && each !== known && !each.isGone && !each.isKnown));
    actor.isKnown = true;
    this.actor = actor;
    if (actor.args.join() !== args.join()) throw new Error(`${role} got ${actor.args.join(' ')} and should have got ${args.join(' ')}`);
  }

  protected async ask(): Promise<Listed> {
    this.around.ears.send(this.name, packet(Tag.QUERY, this.name));
    const [found] = parseServices(await this.cast.reply());
    if (found === undefined) throw new Error('nitro does not know the service');
    return found;
  }

  /** Ask again until nitro has noticed what nothing announces. */
  private async askUntil(isSo: (found: Listed) => boolean): Promise<Listed> {
    const until = now() + this.around.patienceMs;
    for (;;) {
      const found = await this.ask();
      if (isSo(found) || now() > until) return found;
      await pause(2);
    }
  }

  /** What QUERY says, and should say in a world. */
  protected show({ state, setupPid, pid, finishPid }: Listed): string {
    return `${state} setup ${String(setupPid !== 0)} run ${String(pid !== 0)} finish ${String(finishPid !== 0)}`;
  }
  protected should({ process, leaf }: World): string {
    const isRun = isHung(process) || process === 'failed' || process === 'run';
    return `${stateIn(this.around.compiled, leaf)} setup ${String(process === 'setup')} run ${String(isRun)} finish ${String(process === 'finish')}`;
  }

  /** Ask what nitro says of it, behind everything that was announced. The end of a script that is not announced has to be waited for. */
  private async query({ stimulus, moves }: Deed): Promise<void> {
    const should = this.should(this.world);
    const isAnnounced = stimulus.kind === 'ask' || moves.some(({ row }) => row?.actions.includes('announce'));
    const found = isAnnounced ? await this.ask() : await this.askUntil((each) => this.show(each) === should);
    if (this.show(found) !== should) throw new Error(`QUERY says ${this.show(found)}, and should say ${should}`);
    const { actor } = this;
    if (actor !== undefined) await this.cast.heardFrom(actor);
    if (actor !== undefined && actor.signals.length > 2 * actor.expectedSignals) throw new Error(`signals ${actor.signals.join(' ')} were caught`);
    this.compareAnnounced();
    if (this.cast.announced.length > this.expected.length) throw new Error('more was announced');
  }
}
