/**
 * A nitro that runs in a directory of its own: started, watched, stopped, and cleaned up after.
 * How tests use it stands at the head of scenario.ts.
 */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { closeSync, constants, existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Socket } from 'node:net';
import { Ctl, type CtlOptions, type CtlResult } from './ctl.js';
import { environmentFor, type Description } from './description.js';
import { place, serviceEntry, systemEntry, type Entry, type Service } from './directory.js';
import { checkDescriptors, checkNothingLeft, checkStderr, countDescriptors, type DescriptorCount } from './aftermath.js';
import { takeLease, type Lease } from './lease.js';
import { Observer } from './observer.js';
import { alive, describeProcesses, killHard, marked } from './processes.js';
import { ctlPath, daemonPath, launchPath, type Target } from './tools.js';
import { waitFor, type Wait } from './wait.js';

/** How nitro ended. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A line that nitro, or what it started, wrote. */
export interface Line {
  readonly text: string;
  readonly atMs: number;
}

const nowMs = (): number => Number(process.hrtime.bigint()) / 1e6;
let counter = 0;

const baselines = new Map<string, Promise<DescriptorCount>>();
/** What a nitro without services has open; counted once a test file. */
async function measureBaseline(target: Target): Promise<DescriptorCount> {
  const nitro = new Daemon({ target });
  try {
    await nitro.start();
    return countDescriptors(nitro.pid);
  } finally {
    await nitro.destroy();
  }
}

export class Daemon extends Observer {
  /** Fresh directory of this daemon. Short, for the sake of socket paths. */
  readonly base = mkdtempSync('/tmp/nt-');
  readonly directory = `${this.base}/d`;
  /** `$T` of the scripts. */
  readonly scratch = `${this.base}/t`;
  readonly socket = `${this.base}/s/nitro.sock`;
  readonly notify = `${this.base}/s/notify`;
  readonly mark = `${process.pid}-${++counter}-${this.base.slice(-6)}`;
  readonly environment: Readonly<Record<string, string>>;
  /** The programs that run. */
  readonly target: Target;
  /** Chunks of stdout and stderr with the time they were read. */
  readonly output: { readonly stdout: Line[]; readonly stderr: Line[] } = { stdout: [], stderr: [] };
  /** The end of the process, once it has ended. */
  exit: Exit | undefined;

  private process: ChildProcess | undefined;
  private readonly pipes: Socket[] = [];
  private readonly readable: Record<'stdout' | 'stderr', number | undefined> = { stdout: undefined, stderr: undefined };
  private readonly controls: Ctl[] = [];
  private readonly leases: Lease[] = [];

  constructor(readonly description: Description) {
    super();
    this.target = description.target ?? { daemon: daemonPath, ctl: ctlPath };
    for (const made of [this.directory, this.scratch]) mkdirSync(made);
    mkdirSync(this.notify, { recursive: true, mode: 0o700 });
    for (const [name, service] of Object.entries(description.services ?? {})) this.service(name, service);
    if (description.system) this.place('SYS', systemEntry(description.system));
    for (const [name, entry] of Object.entries(description.entries ?? {})) this.place(name, entry);
    this.environment = environmentFor(description, this);
  }

  /** Put a file, link or directory into the service directory. */
  place(path: string, entry: Entry): void {
    place(`${this.directory}/${path}`, entry);
  }

  /** Create or replace a service in the directory. A name may end in `@`. */
  service(name: string, service: Service): void {
    this.place(name, serviceEntry(service));
  }

  /** Remove something from the service directory. */
  remove(path: string): void {
    rmSync(Buffer.from(`${this.directory}/${path}`, 'latin1'), { recursive: true, force: true });
  }

  /** Start nitro and wait until it answers. */
  async start(): Promise<this> {
    await this.spawn();
    await this.waitFor('nitro answers', async () =>
      this.exit !== undefined || (existsSync(this.socket) && (await this.info()) !== undefined),
    );
    if (this.exit) throw new Error(`nitro ended at its start\n${this.report()}`);
    return this;
  }

  /** Start nitro, and no more. */
  async spawn(): Promise<this> {
    await this.observe();
    const { args = [this.directory], launch = [], wrapper = [] } = this.description;
    const outputs = [this.pipe('stdout'), this.pipe('stderr')];
    const command = [
      ...wrapper,
      ...(launch.length > 0 ? [launchPath, ...launch, this.target.daemon, 'nitro'] : [this.target.daemon]),
      ...args,
    ];
    this.exit = undefined;
    const child = spawn(command[0] ?? '', command.slice(1), {
      env: this.environment,
      cwd: this.base,
      stdio: ['ignore', ...outputs],
      ...(launch.length === 0 && wrapper.length === 0 ? { argv0: 'nitro' } : {}),
    });
    for (const fd of outputs) closeSync(fd);
    child.on('exit', (code, signal) => (this.exit = { code, signal }));
    child.on('error', (error) => this.output.stderr.push({ text: `cannot start: ${error.message}`, atMs: nowMs() }));
    this.process = child;
    return this;
  }

  /** Pid of what was started: nitro, or the wrapper. */
  get pid(): number {
    if (this.process?.pid === undefined) throw new Error('nitro was not started');
    return this.process.pid;
  }

  /** Send nitro a signal. */
  signal(signal: NodeJS.Signals): void {
    this.process?.kill(signal);
  }

  /** Run nitroctl to its end. */
  async ctl(...args: readonly string[]): Promise<CtlResult> {
    return await this.ctlWith({}, ...args);
  }

  /** Run nitroctl to its end, with another environment, directory or argv[0]. What was announced until then is recorded. */
  async ctlWith(options: CtlOptions, ...args: readonly string[]): Promise<CtlResult> {
    const result = await this.spawnCtl(options, ...args).done;
    await this.settle();
    return result;
  }

  /** Start nitroctl, for commands that go on. */
  spawnCtl(options: CtlOptions, ...args: readonly string[]): Ctl {
    const ctl = new Ctl({ cwd: this.directory, path: this.target.ctl, ...options, env: { ...this.environment, ...options.env } }, args);
    this.controls.push(ctl);
    return ctl;
  }

  /** All of nitro's stderr so far, and what its services wrote there. */
  get stderr(): string {
    return this.output.stderr.map((line) => line.text).join('');
  }

  /** All of nitro's stdout so far, and what its services wrote there. */
  get stdout(): string {
    return this.output.stdout.map((line) => line.text).join('');
  }

  /** Text of a file in the scratch directory, empty if there is none. */
  read(name: string): string {
    const path = `${this.scratch}/${name}`;
    return existsSync(path) ? readFileSync(path, 'latin1') : '';
  }

  /** Let scripts go on that wait at `gate NAME`. */
  open(gate: string): void {
    writeFileSync(`${this.scratch}/${gate}`, '');
  }

  /** Have every exec of a file of the service directory hang, until the lease is released. */
  async hang(path: string): Promise<Lease> {
    const lease = await takeLease(`${this.directory}/${path}`);
    this.leases.push(lease);
    return lease;
  }

  /** The lines that scripts wrote with `note`. */
  journal(): readonly string[] {
    return this.read('journal').split('\n').slice(0, -1);
  }

  /** The times that scripts noted with `stamp WORD`, in milliseconds, to the precision of the kernel's 10 ms. */
  stamps(word: string): readonly number[] {
    return this.journal().flatMap((line) => (line.startsWith(`${word} `) ? [Number(line.split(' ')[1]) * 1000] : []));
  }

  /** Live processes that this nitro, or what it started, started; itself among them. */
  processes(): readonly number[] {
    return marked(this.mark);
  }

  /** Wait for nitro to end by itself, and until its last announcements are recorded. */
  async waitExit(withinMs?: number): Promise<Exit> {
    const exit = await this.waitFor('nitro ends', () => this.exit, withinMs === undefined ? {} : { withinMs });
    await this.settle();
    return exit;
  }

  /** Shut nitro down and check what it leaves, see the head of the file. Does nothing but check when it has ended already. */
  async stop({ descriptors = true } = {}): Promise<void> {
    if (!this.process) return;
    const { launch, wrapper } = this.description;
    if (!this.exit) {
      if (descriptors && !launch && !wrapper) await checkDescriptors(this, await this.baseline());
      this.signal('SIGTERM');
    }
    const { code, signal } = await this.waitExit();
    if (code !== 0) throw new Error(`nitro ended with ${code ?? signal}`);
    await checkNothingLeft(this);
    checkStderr(this);
  }

  private async baseline(): Promise<DescriptorCount> {
    const key = this.target.daemon;
    const known = baselines.get(key) ?? measureBaseline(this.target);
    baselines.set(key, known);
    return await known;
  }

  /** Wait with the patience of the description, unless it is said how long. */
  override async waitFor<T>(what: string, condition: () => T | Promise<T>, wait: Wait = {}): Promise<Exclude<T, false | null | undefined>> {
    const { patienceMs } = this.description;
    return await super.waitFor(what, condition, { ...(patienceMs === undefined ? {} : { withinMs: patienceMs }), ...wait });
  }

  /** Kill everything and remove the directory. */
  async destroy(): Promise<void> {
    // A pipe that is left open keeps the caller's process alive.
    try {
      if (this.process && !this.exit) killHard(this.pid);
      for (const ctl of this.controls) ctl.kill('SIGKILL');
      await this.sockets?.close();
      for (const lease of this.leases) await lease.release();
      await waitFor('all processes are killed', () => {
        const left = marked(this.mark);
        for (const pid of left) killHard(pid);
        return left.length === 0;
      });
      this.readStderr();
    } finally {
      this.closeOutputs();
    }
    const keep = process.env['NITRO_TEST_KEEP'];
    if (keep === undefined) rmSync(this.base, { recursive: true, force: true });
    else if (keep.startsWith('/')) execFileSync('mv', [this.base, keep]);
  }

  /** What happened, for failure messages. */
  report(): string {
    const first = this.output.stderr[0]?.atMs ?? 0;
    const traces = [...new Set(this.announcements().map((one) => one.name))]
      .map((name) => `${name}: ${this.trace(name).join(' ')}`);
    const errors = this.output.stderr.map(({ text, atMs }) => `[${(atMs - first).toFixed(0)}] ${text}`);
    return [
      `--- ${this.base}, nitro ${this.process?.pid ?? 'not started'} ${this.exit ? JSON.stringify(this.exit) : ''}`,
      '--- announced', ...traces,
      '--- stderr', errors.join('').slice(-4000),
      '--- stdout', this.stdout.slice(-1000),
      '--- journal', ...this.journal().slice(-40),
      '--- processes', describeProcesses(this.processes().filter(alive)),
    ].join('\n');
  }

  /** Begin to read nitro's stderr, where the description said not to. */
  readStderr(): void {
    this.record('stderr');
  }

  /** Close our ends of nitro's stdout and stderr. */
  closeOutputs(): void {
    for (const pipe of this.pipes) pipe.destroy();
  }

  /** A real pipe (Node's own are sockets) whose other end is recorded; the descriptor to give to nitro. */
  private pipe(name: 'stdout' | 'stderr'): number {
    const path = `${this.base}/${name}`;
    if (!existsSync(path)) execFileSync('mkfifo', ['-m', '600', path]);
    this.readable[name] = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    if (!(name === 'stderr' && this.description.stderrUnread === true)) this.record(name);
    return openSync(path, constants.O_WRONLY);
  }

  private record(name: 'stdout' | 'stderr'): void {
    const fd = this.readable[name];
    if (fd === undefined) return;
    const reader = new Socket({ fd, readable: true, writable: false });
    reader.on('error', () => undefined);
    reader.setEncoding('latin1').on('data', (text) => this.output[name].push({ text: String(text), atMs: nowMs() }));
    this.pipes.push(reader);
    this.readable[name] = undefined;
  }
}
