/**
 * A path of the system machine on the binary: a daemon of its own, from boot to end.
 *
 * What can be seen is compared after each deed: what is announced of `SYS`, which scripts start and with what arguments, which processes are told
 * to end, what nitro says on stderr, whether it scanned its directory, whether the control socket is there, and how it ends.
 */
import { existsSync } from 'node:fs';
import type { Daemon } from '../../../tests/end-to-end/harness/daemon.js';
import { marked, statusOf } from '../../../tests/end-to-end/harness/processes.js';
import { ESRCH, OK, packet, Tag } from '../../../tests/end-to-end/harness/wire.js';
import type { Compiled } from '../../../machines/compile.js';
import { leafName, rowName } from '../moves.js';
import type { Move } from '../moves.js';
import type { Ears } from './ears.js';
import { TooSlow } from './options.js';
import type { Actor, Cast, Hand, Stage } from './stage.js';
import type { SystemTime } from './system-time.js';
import type { SystemDeed, SystemStimulus, SystemWorld, Who } from './system-world.js';
import { now } from './time.js';

const roles: Readonly<Record<Who, { readonly cast: string; readonly role: string }>> = {
  setup: { cast: 'SYS', role: 'setup' },
  finish: { cast: 'SYS', role: 'finish' },
  final: { cast: 'd', role: 'final' },
  app: { cast: 'app', role: 'run' },
  logd: { cast: 'logd', role: 'run' },
  orphan: { cast: 'app', role: 'orphan' },
};

export class SystemLane {
  readonly done: SystemDeed[] = [];
  protected readonly expected: string[] = [];
  private readonly history: string[] = [];
  private readonly known = new Set<Actor>();
  private readonly here = new Map<Who, Actor>();
  private readonly held = new Map<Who, number>();
  protected shown = '';
  private outcome = '';
  private readonly said: string[] = [];
  private scans = 0;
  private signals = 0;

  constructor(
    private readonly compiled: Compiled,
    protected readonly nitro: Daemon,
    private readonly stage: Stage,
    private readonly hand: Hand,
    protected readonly ears: Ears,
    private world: SystemWorld,
    /** nitro's own process, as it is numbered here. */
    private readonly outerPid: () => Promise<number>,
    private readonly time: SystemTime,
  ) {}

  /** Throws an Error that says what was seen and what should have been, or TooSlow. */
  async walk(path: readonly SystemDeed[]): Promise<void> {
    for (const deed of path) {
      const names = deed.moves.map((move) => rowName(this.compiled, move));
      const holding = deed.holds === null ? '' : ` holding ${deed.holds}`;
      this.history.push(`${JSON.stringify(deed.stimulus)}${holding}: ${names.join(', ')}`);
      const before = this.world;
      // What a timer leads to began at the earliest when that was due.
      const from = deed.stimulus.kind === 'wait' ? this.time.dueFrom(deed.stimulus.delay) : now();
      try {
        await this.perform(deed);
        if (this.time.isLate(deed, before)) throw new TooSlow('the deed took too long');
        this.time.keep(deed, from);
      } catch (error) {
        const seen = `  should be announced: ${this.expected.join(' ')}\n  was announced:       ${this.sys.announced.join(' ')}`;
        const why = error instanceof Error ? error.message : String(error);
        const text = [why, ...this.history.map((line) => `  ${line}`), seen, this.nitro.stderr].join('\n');
        const isSlow = error instanceof TooSlow || this.time.isLate(deed, before) || this.time.isPast(deed, from);
        throw isSlow ? new TooSlow(text, !(error instanceof TooSlow)) : new Error(text);
      }
      this.done.push(deed);
    }
  }

  /** Leave the system to itself: everything ends as soon as it is asked to. */
  async leave(): Promise<void> {
    for (const who of [...this.held.keys()]) await this.release(who);
    for (const name of ['SYS', 'd', 'app', 'logd']) this.stage.cast(name).dismiss();
    for (const orphan of this.stage.cast('app').actors.filter(({ role }) => role === 'orphan')) orphan.tell('exit 0');
  }

  protected get sys(): Cast {
    return this.stage.cast('SYS');
  }

  private async perform(deed: SystemDeed): Promise<void> {
    const { stimulus, moves } = deed;
    if (deed.holds !== null) await this.holdBack(deed.holds, stimulus);
    this.expect(deed);
    const scansAs = moves.some(({ row }) => row?.actions.includes('scan') === true) ? `scanned${String((this.scans += 1))}` : null;
    if (scansAs !== null) this.nitro.service(scansAs, { run: 'exit 0', down: true });
    await this.cue(deed);
    this.world = deed.to;
    await this.see(deed);
    if (scansAs !== null) await this.nitro.waitFor('the directory is scanned', async () => (await this.nitro.query(scansAs)) !== undefined);
    if (stimulus.kind === 'boot') this.outcome = '';
    await this.settle(moves);
  }

  private async cue({ stimulus, holds }: SystemDeed): Promise<void> {
    const { nitro } = this;
    switch (stimulus.kind) {
      case 'boot':
        await nitro.spawn();
        await this.say('booting');
        await this.enter('setup', []);
        return;
      case 'populate':
        await nitro.want('UP', 'app');
        await this.populate();
        return;
      case 'ask':
        if (stimulus.what === 'SYS down') this.ears.send('SYS', packet(Tag.DOWN, 'SYS'));
        else this.ears.send('SYS', packet(Tag[stimulus.what]));
        if ((await this.sys.reply()) !== OK) throw new Error(`${stimulus.what} was not answered with OK`);
        if (holds !== null) await this.hand.dead(this.held.get(holds) ?? 0);
        return;
      case 'signal':
        process.kill(await this.outerPid(), stimulus.signal);
        return;
      case 'exit':
        this.here.get(stimulus.who)?.tell('exit 0');
        return;
      case 'release':
        await this.release(stimulus.who);
        return;
      case 'wait':
        if (holds !== null) await this.hand.dead(this.held.get(holds) ?? 0);
        return;
    }
  }

  /** What is announced of SYS: the start of its scripts, that one is told to end, its end, and its state when it is asked for. */
  private expect({ stimulus, moves }: SystemDeed): void {
    const show = (state: string): void => {
      this.shown = state;
      this.expected.push(state);
    };
    if (stimulus.kind === 'boot') show('SETUP');
    for (const { event, row, index } of moves) {
      if (event === 'SYS_SETUP_EXITED' || event === 'SYS_FINISH_EXITED') show('DOWN');
      for (const action of row?.actions ?? []) {
        if (action === 'signalSysSetup' && this.shown !== 'SHUTDOWN') show('SHUTDOWN');
        if (action === 'spawnSysFinish') show('SHUTDOWN');
      }
      if (event === 'SYS_DOWN_ASKED') this.expected.push(this.shown);
      if (index >= 0 && event === 'SHUTDOWN_ASKED' && this.outcome === '') this.outcome = 'shutdown';
      if (index >= 0 && event === 'REBOOT_ASKED' && this.outcome === '') this.outcome = 'reboot';
    }
  }

  /** Wait until as much was announced as should be. */
  protected async heardAll(): Promise<void> {
    const { announced } = this.sys;
    await this.sys.until('an announcement', () => announced.length >= this.expected.length || undefined);
  }

  private async see({ moves }: SystemDeed): Promise<void> {
    await this.heardAll();
    for (const move of moves) for (const action of move.row?.actions ?? []) await this.seeAction(action, move);
  }

  private async seeAction(action: string, { next }: Move): Promise<void> {
    switch (action) {
      case 'sayGoingDown':
        await this.say(this.outcome === 'reboot' ? 'rebooting' : 'shutting down');
        return;
      case 'signalSysSetup':
        this.signals += 1;
        await this.told('setup', this.signals);
        return;
      case 'scan':
        if (!this.here.has('app')) await this.populate();
        return;
      case 'spawnSysFinish':
        await this.enter('finish', ['0', '0', this.outcome]);
        return;
      case 'stopServices':
        if (this.here.has('app')) await this.told('app', 1);
        return;
      case 'stopLoggers':
        if (this.here.has('logd')) await this.told('logd', 1);
        return;
      case 'terminateEveryProcess':
        // The orphan ignores SIGTERM, and reports the SIGCONT that follows.
        if (this.here.has('orphan')) await this.caught('orphan', 18, 1);
        return;
      case 'killSysFinal':
        await this.stage.cast('d').until('SYS/final is killed', () => (this.here.get('final')?.isGone === true ? true : undefined));
        return;
      case 'closeControl':
        await this.nitro.waitFor('the control socket is removed', () => !existsSync(this.nitro.socket));
        return;
      case 'spawnSysFinal':
        if (leafName(this.compiled, next) === 'final.finalizing') await this.enter('final', [this.outcome]);
        return;
      case 'endSystem':
        await this.ended();
        return;
      default:
        return;
    }
  }

  /** A restart begins anew, with SYS/setup; a shutdown ends nitro. */
  private async ended(): Promise<void> {
    if (this.outcome === 'reboot') {
      this.known.add(await this.enter('setup', []));
      this.expected.push('SETUP');
      this.shown = 'SETUP';
      await this.heardAll();
      await this.say('booting');
      return;
    }
    const { code } = await this.nitro.waitExit();
    if (code !== 0) throw new Error(`nitro ended with ${String(code)}`);
    await this.say('finished');
  }

  /** Nothing else was announced: what nitro says of SYS when asked comes behind all that was. */
  private async settle(moves: readonly Move[]): Promise<void> {
    const name = leafName(this.compiled, this.world.leaf);
    if (!name.startsWith('final')) {
      this.ears.send('SYS', packet(Tag.QUERY, 'SYS'));
      const reply = await this.sys.reply();
      const isShown = this.shown !== 'DOWN' || moves.length === 0;
      if ((reply === ESRCH) === isShown) throw new Error(`SYS is ${isShown ? 'not' : 'still'} known`);
    }
    const setup = this.here.get('setup');
    if (setup !== undefined) {
      await this.sys.heardFrom(setup);
      if (setup.signals.length > 2 * this.signals) throw new Error(`SYS/setup caught the signals ${setup.signals.join(' ')}`);
    }
    if (this.heard().join() !== this.said.join()) throw new Error(`nitro says ${this.heard().join(', ')}, and should say ${this.said.join(', ')}`);
    if (this.sys.announced.join() !== this.expected.join()) throw new Error('something else was announced');
  }

  /** nitro says something of a phase. */
  private async say(text: string): Promise<void> {
    this.said.push(text);
    await this.nitro.waitFor(`nitro says ${text}`, () => this.heard().length >= this.said.length);
  }

  /** What nitro said of phases so far. */
  private heard(): readonly string[] {
    const phases = ['booting', 'shutting down', 'rebooting', 'finished'];
    return this.nitro.stderr.split('\n').flatMap((line) => phases.find((phase) => line === `- nitro: ${phase}`) ?? []);
  }

  /** A script starts. */
  private async enter(who: Who, args: readonly string[]): Promise<Actor> {
    const { cast, role } = roles[who];
    const { actors } = this.stage.cast(cast);
    const actor = await this.stage.cast(cast).until(`${who} starts`, () => actors.find((each) => each.role === role && !this.known.has(each)));
    if (actor.args.join() !== args.join()) throw new Error(`${who} got ${actor.args.join(' ')} and should have got ${args.join(' ')}`);
    this.known.add(actor);
    this.here.set(who, actor);
    return actor;
  }

  private async populate(): Promise<void> {
    await this.enter('logd', []);
    const app = await this.enter('app', []);
    if (!this.world.isPid1) return;
    app.tell('orphan');
    await this.enter('orphan', []);
  }

  /** A script was told to end, this often in all. */
  private async told(who: Who, count: number): Promise<void> {
    await this.caught(who, 15, count);
    await this.caught(who, 18, count);
  }

  private async caught(who: Who, signal: number, count: number): Promise<void> {
    const actor = this.here.get(who);
    if (actor === undefined) throw new Error(`${who} is not there`);
    const isSo = (): true | undefined => (actor.signals.filter((each) => each === signal).length >= count ? true : undefined);
    await this.stage.cast(roles[who].cast).until(`${who} catches signal ${String(signal)}`, isSo);
  }

  /** A process that a timer is to kill must be caught before it does. */
  private async holdBack(who: Who, stimulus: SystemStimulus): Promise<void> {
    const pid = this.pidHere(this.here.get(who)?.pid ?? 0);
    const isHeld = pid !== null && (await this.hand.hold(pid));
    if (isHeld) this.held.set(who, pid);
    if (stimulus.kind === 'wait' && now() > this.time.dueFrom(stimulus.delay)) throw new TooSlow(`${who} was held too late`);
    if (!isHeld) throw new Error(`${who} was gone before it could be held`);
  }

  private async release(who: Who): Promise<void> {
    await this.hand.release(this.held.get(who) ?? 0);
    this.held.delete(who);
  }

  /** The number that a process of the container has outside; null if there is none. */
  private pidHere(pid: number): number | null {
    if (!this.world.isPid1) return pid;
    return marked(this.nitro.mark).find((outer) => numbersOf(outer).at(-1) === pid && numbersOf(outer).length > 1) ?? null;
  }
}

/** The numbers of a process in the namespaces it is in, outermost first. */
function numbersOf(pid: number): readonly number[] {
  return (statusOf(pid)?.get('NSpid') ?? '').split(/\s+/).map(Number);
}
