/**
 * The other side of the actors (`actor.c`): who is on stage, what they reported, and the hand that holds processes back.
 *
 * Theory of operation. Every script of a walk connects to one stream socket and waits to be told what to do. Per service there is a *cast*:
 * the announcements and replies that its listener heard, the actors that joined, and the signals they caught, in order. Nothing is polled:
 * whatever comes in wakes those who wait for something of that service.
 */
import { spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import { createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import type { Readable, Writable } from 'node:stream';
import { existsSync } from 'node:fs';
import { actorPath, ctlPath, daemonPath, dgramPath, makeTools } from '../../../tests/end-to-end/harness/tools.js';
import type { Target } from '../../../tests/end-to-end/harness/tools.js';
import { patienceMsUsual } from './options.js';

export { actorPath } from '../../../tests/end-to-end/harness/tools.js';

/** The nitro that was built, or that NITRO_DAEMON and NITRO_CTL name. A package has no link for nitroctl: that is the daemon by another name. */
export function builtTarget(): Target {
  return { daemon: daemonPath, ctl: existsSync(ctlPath) ? ctlPath : daemonPath };
}

/** Why a walk cannot be made here for want of its tools; null: they are there now. */
export function whyNoActor(): string | null {
  return makeTools([actorPath, dgramPath]);
}

/** Compile the actor, if it is not. Throws an Error that says why it cannot be. */
export function prepareActor(): void {
  const failure = whyNoActor();
  if (failure !== null) throw new Error(failure);
}

/** One process of a script. */
export class Actor {
  isGone = false;
  readonly signals: number[] = [];
  /** How often it answered. */
  pongs = 0;
  /** Somebody directs it. */
  isKnown = false;
  /** How often it was to be told to end. */
  expectedSignals = 0;
  constructor(
    readonly role: string,
    readonly pid: number,
    readonly args: readonly string[],
    private readonly socket: Socket,
  ) {}

  tell(command: string): void {
    if (!this.socket.destroyed) this.socket.write(`${command}\n`);
  }
}

/** Lines of a stream, as they come. */
function onLines(stream: Readable, take: (line: string) => void): void {
  let rest = '';
  stream.setEncoding('latin1').on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    lines.forEach(take);
  });
}

/** Somewhere that things happen, and can be waited for. */
export class Scenery {
  private readonly waiting = new Set<() => void>();
  private lost: Error | null = null;

  /** `patienceMs`: how long something may take that must happen. */
  constructor(private readonly patienceMs = patienceMsUsual) {}

  /** Nothing will happen here any more: who waits, now or later, is told so. */
  abandon(reason: Error): void {
    this.lost = reason;
    this.wake();
  }

  get isLost(): boolean {
    return this.lost !== null;
  }

  wake(): void {
    for (const look of [...this.waiting]) look();
  }

  /** Wait until `seen` gives something else than undefined, or throws. `why` explains a wait that was in vain. */
  async until<T>(what: string, seen: () => T | undefined, why: () => string = () => ''): Promise<T> {
    return await new Promise((resolve, reject) => {
      const end = (settle: () => void): void => {
        clearTimeout(timer);
        this.waiting.delete(look);
        settle();
      };
      const look = (): void => {
        try {
          if (this.lost !== null) throw this.lost;
          const found = seen();
          if (found !== undefined) end(() => resolve(found));
        } catch (error) {
          end(() => reject(error instanceof Error ? error : new Error(String(error))));
        }
      };
      const timer = setTimeout(() => end(() => reject(new Error(`not in time: ${what} ${why()}`))), this.patienceMs);
      this.waiting.add(look);
      look();
    });
  }
}

/** All that concerns one service. */
export class Cast extends Scenery {
  readonly announced: string[] = [];
  readonly replies: string[] = [];
  /** Why no more replies come; empty: they do. */
  trouble = '';
  readonly actors: Actor[] = [];
  /** Nobody directs this service any more: its actors see to themselves. */
  isOver = false;

  /** Every signal that was sent to an actor until now has been reported, or it is gone. */
  async heardFrom(actor: Actor): Promise<void> {
    const before = actor.pongs;
    actor.tell('ping');
    await this.until('an actor answers', () => (actor.pongs > before || actor.isGone ? true : undefined));
  }

  /** The next reply. Throws if a request could not be sent. */
  async reply(): Promise<string> {
    return await this.until('a reply', () => {
      if (this.trouble !== '') throw new Error(this.trouble);
      return this.replies.shift();
    });
  }

  /** The actors leave when they are asked to; so do those that come later. */
  dismiss(): void {
    this.isOver = true;
    for (const actor of this.actors) actor.tell('auto');
  }
}

export class Stage {
  private readonly casts = new Map<string, Cast>();
  private readonly sockets = new Set<Socket>();
  private server: Server | undefined;

  constructor(private readonly patienceMs = patienceMsUsual) {}

  /** Wait for actors at the socket `path`. */
  async open(path: string): Promise<this> {
    this.server = createServer((socket) => this.admit(socket));
    await new Promise<void>((ready) => this.server?.listen(path, ready));
    return this;
  }

  cast(service: string): Cast {
    const cast = this.casts.get(service) ?? new Cast(this.patienceMs);
    this.casts.set(service, cast);
    return cast;
  }

  /** The daemon is gone. */
  abandon(reason: Error): void {
    for (const cast of this.casts.values()) cast.abandon(reason);
  }

  close(): void {
    this.server?.close();
    for (const socket of this.sockets) socket.destroy();
  }

  private admit(socket: Socket): void {
    let actor: Actor | undefined;
    let cast: Cast | undefined;
    this.sockets.add(socket);
    socket.on('error', () => undefined);
    onLines(socket, (line) => {
      const [first = '', name = '', pid = '', ...args] = line.split(' ');
      if (actor === undefined) {
        actor = new Actor(first, Number(pid), args, socket);
        cast = this.cast(name);
        cast.actors.push(actor);
        if (cast.isOver) actor.tell('auto');
      } else if (first === 'signal') actor.signals.push(Number(name));
      else if (first === 'pong') actor.pongs += 1;
      cast?.wake();
    });
    socket.on('close', () => {
      this.sockets.delete(socket);
      if (actor !== undefined) actor.isGone = true;
      cast?.wake();
    });
  }
}

/** `actor hold`: keeps the dead from being reaped and execs from going on, and withholds descriptors. */
export class Hand extends Scenery {
  private readonly said = new Map<string, number>();
  private readonly failed = new Map<string, string>();
  private readonly tool: ChildProcessByStdio<Writable, Readable, null>;

  constructor(patienceMs = patienceMsUsual) {
    super(patienceMs);
    this.tool = spawn(actorPath, ['hold'], { stdio: ['pipe', 'pipe', 'inherit'], env: {} });
    this.tool.stdin.on('error', () => undefined);
    onLines(this.tool.stdout, (line) => {
      const failure = /^failed (\w+ [^ :]+)(.*)$/.exec(line);
      if (failure === null) this.said.set(line, (this.said.get(line) ?? 0) + 1);
      else this.failed.set(failure[1] ?? '', failure[2] ?? '');
      this.wake();
    });
  }

  /** From now on the process cannot be reaped when it is dead. False: it could not be caught. */
  async hold(pid: number): Promise<boolean> {
    return await this.order(`hold ${String(pid)}`, `held ${String(pid)}`);
  }

  async dead(pid: number): Promise<void> {
    await this.until(`${String(pid)} is dead`, () => this.said.has(`dead ${String(pid)}`) || undefined);
  }

  async release(pid: number): Promise<void> {
    await this.order(`release ${String(pid)}`, `released ${String(pid)}`);
    this.said.delete(`dead ${String(pid)}`);
  }

  async lease(path: string): Promise<void> {
    if (!(await this.order(`lease ${path}`, `leased ${path}`))) throw new Error(`no lease on ${path}`);
  }

  async unlease(path: string): Promise<void> {
    await this.order(`unlease ${path}`, `unleased ${path}`);
  }

  /** Soft limit of descriptors of a process; 0: as it was. */
  async limit(pid: number, descriptors: number): Promise<void> {
    if (!(await this.order(`limit ${String(pid)} ${String(descriptors)}`, `limited ${String(pid)}`))) throw new Error('descriptors cannot be limited');
  }

  close(): void {
    this.tool.kill('SIGKILL');
  }

  private async order(command: string, answer: string): Promise<boolean> {
    const [verb = '', object = ''] = command.split(' ');
    const key = `${verb} ${object}`;
    const before = this.said.get(answer) ?? 0;
    this.failed.delete(key);
    this.tool.stdin.write(`${command}\n`);
    return await this.until(command, () => ((this.said.get(answer) ?? 0) > before ? true : this.failed.has(key) ? false : undefined));
  }
}
