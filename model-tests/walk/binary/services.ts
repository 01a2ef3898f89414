/**
 * The walk of the service machine on the binary: daemons, each for one setting, and the lanes that share them.
 *
 * Theory of operation. A setting is a daemon. Its paths run at the same time, each as a service of its own, in batches as large as there are
 * listeners. Where the system goes down on the way, all lanes of the daemon meet at that point: then it is asked to, and stays in
 * `SYS/finish`, a script that waits, until all have come to their ends. At last the daemon is stopped, and has to leave nothing behind.
 */
import { readdirSync } from 'node:fs';
import type { Daemon } from '../../../tests/end-to-end/harness/daemon.js';
import { withDaemon } from '../../../tests/end-to-end/harness/with-daemon.js';
import { OK, packet, Tag } from '../../../tests/end-to-end/harness/wire.js';
import type { Compiled } from '../../../machines/compile.js';
import { Ears, earsMax } from './ears.js';
import { Lane } from './lane.js';
import { attemptsMax, described, endlessMs, stretched, TooSlow } from './options.js';
import type { WalkOptions } from './options.js';
import { covers } from './paths.js';
import type { Path, Planned, Setting } from './plan.js';
import { Props } from './props.js';
import { actorPath, Hand, Stage } from './stage.js';
import { firstWorld } from './world.js';

/** Milliseconds of a short delay; and of one that the system going down has to be faster than. Others do not end. */
const shortMs = 400;
const crossedMs = 2500;
/** A short life has to be able to hold other short delays. */
const lifeMs = 1200;

/** What came of a setting. */
export interface Walked {
  readonly covered: ReadonlySet<string>;
  readonly daemons: number;
  readonly paths: number;
  readonly steps: number;
  readonly repeated: number;
  readonly failures: readonly string[];
}

/** Walk the paths of a setting. */
export async function walkSetting(compiled: Compiled, { setting, paths }: Planned, options: WalkOptions = {}): Promise<Walked> {
  const covered = new Set<string>();
  const failures: string[] = [];
  const count = { daemons: 0, steps: 0, repeated: 0 };
  let left = paths;
  for (let attempt = 1; left.length > 0; attempt++) {
    const again: Path[] = [];
    for (const batch of batches(left, setting.phase === 'up' ? left.length : earsMax)) {
      count.daemons += 1;
      await withSetting(compiled, { setting, attempt, options }, async (troupe) => {
        for (const part of batches(batch, setting.isSerial === true && setting.phase === 'up' ? 1 : earsMax)) {
          const outcomes = await troupe.walk(part);
          for (const { lane, path, error } of outcomes) {
            if (error === null || error instanceof TooSlow) record(compiled, lane, covered);
            count.steps += lane.done.length;
            if (error === null) continue;
            if (error instanceof TooSlow && attempt < attemptsMax) again.push(path);
            else failures.push(`${setting.name}: ${error.message}`);
          }
        }
      });
    }
    count.repeated += again.length;
    left = again;
  }
  return { covered, failures, paths: paths.length, ...count };
}

/** What was done as planned counts, also on a path that did not come to its end in time. */
export function record(compiled: Compiled, lane: Lane, covered: Set<string>): void {
  let place = { world: firstWorld(compiled), row: '' };
  for (const deed of lane.done) {
    const { goals, row } = covers(compiled, place, deed);
    for (const goal of goals) covered.add(goal);
    place = { world: deed.to, row };
  }
}

function batches<T>(all: readonly T[], size: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(all.length / Math.max(1, size)) }, (_, index) => all.slice(index * size, (index + 1) * size));
}

/** A setting as it is walked this time. */
export interface Occasion {
  readonly setting: Setting;
  /** From 1: its short delays are as long as that asks for. */
  readonly attempt: number;
  readonly options: WalkOptions;
}

export async function withSetting(compiled: Compiled, occasion: Occasion, body: (troupe: Troupe) => Promise<void>): Promise<void> {
  const { setting, options } = occasion;
  const delays: Record<string, number> = Object.fromEntries(
    Object.keys(compiled.table.delays).map((delay) => [delay, setting.short.includes(delay) ? msOf(occasion, delay) : endlessMs]),
  );
  const text = Object.entries({ ...delays, SYS_FINISH: endlessMs, SYS_FINAL: endlessMs }).map(([name, ms]) => `${name}=${String(ms)}`).join(',');
  const description = {
    services: { idle: { run: 'exit 0', down: true } },
    system: { finish: `#!${actorPath} finish\n` },
    env: { NITRO_DELAYS: options.ownDelaysMs === undefined ? text : undefined },
    ...described(options, Math.max(0, ...setting.short.map((delay) => msOf(occasion, delay)))),
  };
  await withDaemon(description, async (nitro) => {
    const stage = await new Stage(description.patienceMs).open(`${nitro.scratch}/walk`);
    const hand = new Hand(description.patienceMs);
    try {
      await nitro.start();
      const troupe = new Troupe(compiled, { ...occasion, patienceMs: description.patienceMs }, nitro, stage, hand);
      await body(troupe);
      await troupe.end();
    } finally {
      hand.close();
      stage.close();
    }
  });
}

function msOf({ setting: { phase, short }, attempt, options }: Occasion, delay: string): number {
  if (options.ownDelaysMs !== undefined) return options.ownDelaysMs[delay] ?? endlessMs;
  if (phase === 'crossing' && ['CREATION', 'RESPAWN', 'SPAWN_ERROR'].includes(delay)) return stretched(crossedMs, attempt);
  return stretched(delay === 'RESPAWN' && short.length > 1 ? lifeMs : shortMs, attempt);
}

export interface Outcome {
  readonly lane: Lane;
  readonly path: Path;
  readonly error: Error | null;
}

/** A daemon and the lanes that share it. */
export class Troupe {
  private lanes = 0;
  private isDown = false;
  /** All services were asked to go down, or never came up. */
  private isClear = true;

  constructor(
    private readonly compiled: Compiled,
    private readonly occasion: Occasion & { readonly patienceMs: number },
    readonly nitro: Daemon,
    readonly stage: Stage,
    private readonly hand: Hand,
  ) {}

  /** Walk paths at the same time, and leave their services to themselves; `walked` is between the two. */
  async walk(paths: readonly Path[], walked?: (outcomes: readonly Outcome[]) => Promise<void>): Promise<readonly Outcome[]> {
    const { nitro, stage, occasion } = this;
    const { setting, patienceMs } = occasion;
    const names = paths.map(() => `w${String((this.lanes += 1))}`);
    const ears = await new Ears(nitro.notify, nitro.socket, names, (name) => stage.cast(name)).opened();
    const baton = new Baton();
    const created = new Meeting(paths.length, async () => await this.request(packet(Tag.RESCAN)));
    const down = new Meeting(paths.length, async () => await this.goDown());
    const met = new Set<string>();
    const isOneByOne = setting.isSerial === true;
    const run = async (path: Path, index: number): Promise<Outcome> => {
      const name = names[index] ?? '';
      const meet = async (): Promise<void> => {
        met.add(name);
        if (isOneByOne) baton.pass();
        await down.attend();
        if (isOneByOne) await baton.take();
      };
      const variety = occasion.options.variety ?? index + this.lanes;
      const lane = new (occasion.options.lane ?? Lane)(name, variety, stage.cast(name), new Props(nitro.base, nitro.directory, name), {
        compiled: this.compiled,
        shortMs: Object.fromEntries(setting.short.map((delay) => [delay, msOf(occasion, delay)])),
        ears,
        hand: this.hand,
        rescan: async () => {
          await created.attend();
          if (isOneByOne) await baton.take();
        },
        goDown: meet,
        withoutDescriptors: async (body) => await this.withoutDescriptors(body),
        patienceMs,
      });
      let error: Error | null = null;
      try {
        await lane.walk(path);
      } catch (caught) {
        error = caught instanceof Error ? caught : new Error(String(caught));
      }
      if (isOneByOne) baton.pass();
      try {
        if (setting.phase !== 'up' && !met.has(name)) await down.attend();
      } catch (caught) {
        error ??= caught instanceof Error ? caught : new Error(String(caught));
      }
      return { lane, path, error };
    };
    try {
      const outcomes = await Promise.all(paths.map(run));
      await walked?.(outcomes);
      for (const { lane, error } of outcomes) {
        // Where a service is whose path failed is not known, nor what it makes of a request.
        const isLeft = error === null && occasion.options.isSpared?.(lane.world) !== true;
        this.isClear &&= isLeft;
        await lane.leave(isLeft);
      }
      await nitro.settle();
      return outcomes;
    } finally {
      ears.close();
    }
  }

  /** Let the daemon end, and look at what it leaves. */
  async end(): Promise<void> {
    this.stage.cast('SYS').dismiss();
    await this.nitro.stop({ descriptors: !this.isDown && this.isClear });
  }

  private async goDown(): Promise<void> {
    this.isDown = true;
    await this.request(packet(Tag.SHUTDOWN));
    const sys = this.stage.cast('SYS');
    await sys.until('SYS/finish starts', () => sys.actors[0]);
  }

  private async request(hex: string): Promise<void> {
    if ((await this.nitro.request(hex)) !== OK) throw new Error('a request was not answered with OK');
  }

  /** While no descriptor is free nitro cannot look for listeners: it has to know them already. */
  private async withoutDescriptors(body: () => Promise<void>): Promise<void> {
    const { pid } = this.nitro;
    await this.nitro.want('READY', 'idle');
    const open = new Set(readdirSync(`/proc/${String(pid)}/fd`).map(Number));
    let free = 0;
    while (open.has(free)) free += 1;
    await this.hand.limit(pid, free);
    try {
      await body();
    } finally {
      await this.hand.limit(pid, 0);
    }
  }
}

/** Where all lanes come together before something is done, once. */
class Meeting {
  private readonly isDone: Promise<void>;
  private arrive: () => void = () => undefined;

  constructor(
    private missing: number,
    body: () => Promise<void>,
  ) {
    this.isDone = new Promise<void>((resolve) => (this.arrive = resolve)).then(body);
  }

  async attend(): Promise<void> {
    this.missing -= 1;
    if (this.missing === 0) this.arrive();
    await this.isDone;
  }
}

/** Held by one lane at a time. */
class Baton {
  private readonly waiting: (() => void)[] = [];
  private isTaken = false;

  async take(): Promise<void> {
    if (this.isTaken) await new Promise<void>((resolve) => this.waiting.push(resolve));
    this.isTaken = true;
  }

  pass(): void {
    const next = this.waiting.shift();
    if (next === undefined) this.isTaken = false;
    else next();
  }
}
