/**
 * nitro's view of the simulated world: the `Os` of the runtime. Files, sockets, processes and messages are answered here from the world; waiting
 * and descriptors have files of their own. Any call may fail where the chooser wants it (faults.ts). Where the host would end the process,
 * `Ended` is thrown.
 */
import type { Bytes, Datagram, Fd, FileKind, Os, Pid, Reaped, Result, Spawn, Spawned } from '../../runtime/os.js';
import { parseRequest, Tag } from '../../runtime/protocol.js';
import { Descriptors } from './descriptors.js';
import { E, errorName, S } from './errors.js';
import { Faults } from './faults.js';
import { controlSocket, notifyDirectory, serviceDirectory } from './layout.js';
import { Mailbox } from './mailbox.js';
import type { Behaviour } from './scenario.js';
import { over, Waiting } from './waiting.js';
import type { World } from './world.js';

/** Calls in one life: more mean that nitro runs in a circle. */
const callsMax = 60_000;
const statusPipeBytes = 4096;

export class SimulatedOs implements Os {
  readonly errno = E;
  readonly signals = S;
  readonly runDirectory = '/run';
  readonly descriptors: Descriptors;
  calls = 0;
  private readonly faults: Faults;
  readonly waiting: Waiting;
  private hasListeners = false;
  private readonly auditor = `${notifyDirectory}/ALL,auditor`;

  constructor(readonly world: World) {
    this.faults = new Faults(world);
    this.descriptors = new Descriptors(world);
    this.waiting = new Waiting(world, this.descriptors, this.faults);
  }

  now(): number {
    return this.world.agenda.now;
  }
  describe(errno: number): string {
    return errorName(errno);
  }
  pid(): Pid {
    return this.world.nitroPid;
  }
  env(name: string): Bytes | undefined {
    return name === 'NITRO_SOCK' ? controlSocket : undefined;
  }
  watch(fd: Fd): void {
    this.descriptors.watch(fd);
  }
  unwatch(fd: Fd): void {
    this.descriptors.unwatch(fd);
  }

  poll(timeoutMs: number): readonly Fd[] {
    this.count();
    return this.waiting.poll(timeoutMs);
  }
  takeSignals(): readonly number[] {
    return this.waiting.takeSignals();
  }

  /** The world does not stand still while nitro works. */
  private preempt(): void {
    const { agenda, chooser } = this.world;
    if (agenda.hasDue && chooser.choose(2, 'preempt') === 1) agenda.runOne();
  }

  private count(): void {
    this.calls += 1;
    if (this.calls > callsMax * (this.world.scenario.patience ?? 1)) over('runs in a circle');
  }

  read(fd: Fd, max: number): Bytes | Result {
    this.count();
    this.preempt();
    return this.descriptors.read(fd, max);
  }
  close(fd: Fd): void {
    this.descriptors.close(fd);
  }

  kind(path: Bytes): FileKind | Result {
    this.count();
    const fault = this.faults.at('kind', path);
    if (fault < 0) return fault;
    const node = this.world.files.find(path);
    if (typeof node === 'number') return node;
    return node.kind === 'link' ? 'other' : node.kind;
  }
  readLink(path: Bytes): Bytes | Result {
    this.count();
    const fault = this.faults.at('readLink', path);
    if (fault < 0) return fault;
    const node = this.world.files.find(path, false);
    if (typeof node === 'number') return node;
    return node.kind === 'link' ? node.target : -E.EINVAL;
  }
  unlink(path: Bytes): Result {
    const fault = this.faults.at('unlink', path);
    if (fault < 0) return fault;
    return this.world.files.remove(path) ? 0 : -E.ENOENT;
  }
  list(path: Bytes): readonly Bytes[] | Result {
    this.count();
    // The first time, so that the auditor hears everything.
    const fault = path === notifyDirectory && !this.hasListeners ? 0 : this.faults.at('list', path);
    if (fault < 0) return fault;
    if (path === notifyDirectory) this.hasListeners = true;
    if (path === '.') this.world.note({ type: 'scanned' });
    return this.world.files.list(path);
  }
  stampOf(path: Bytes): Bytes {
    const names = this.world.files.list(path);
    return typeof names === 'number' ? '' : `/${names.join('/')}`;
  }
  readFile(path: Bytes, max: number): Bytes | Result {
    this.count();
    const fault = this.faults.at('readFile', path);
    if (fault < 0) return fault;
    const node = this.world.files.find(path);
    if (typeof node === 'number') return node;
    return node.kind === 'file' ? node.text.slice(0, max) : -E.EINVAL;
  }
  isExecutable(path: Bytes): boolean {
    const node = this.world.files.find(path);
    return typeof node !== 'number' && node.kind === 'file' && node.plan !== null;
  }

  bind(path: Bytes): Fd | Result {
    const fault = this.faults.at('bind', path);
    if (fault < 0) return fault;
    const box = new Mailbox(path, null);
    this.world.files.put(path, { kind: 'socket', box });
    return this.descriptors.open({ kind: 'socket', box });
  }
  receive(fd: Fd): Datagram | null {
    this.count();
    this.preempt();
    const datagram = this.descriptors.receive(fd);
    if (datagram !== null) this.world.note({ type: 'received', client: clientOf(datagram.from), request: parseRequest(datagram.data) });
    return datagram;
  }
  send(_fd: Fd, to: Bytes, data: Bytes): Result {
    this.count();
    const result = this.deliver(to, data);
    const tag = data.charCodeAt(2);
    // A reply to QUERY starts with its STATE packet, and an announcement is a packet with the state for a tag.
    // Steps are told to those who asked for them before, and are no answer.
    if (data === '' || (tag > 9 && tag !== Tag.STEPS)) this.world.note({ type: 'answered', client: clientOf(to), data, result });
    else if (result < 0) this.world.note({ type: 'dropped', client: clientOf(to), result });
    return result;
  }
  private deliver(to: Bytes, data: Bytes): Result {
    const fault = to === this.auditor ? 0 : this.faults.at('send', to);
    if (fault < 0) return fault;
    const node = this.world.files.find(to);
    if (typeof node === 'number') return node;
    if (node.kind !== 'socket' || node.box === null) return -E.ECONNREFUSED;
    return node.box.post({ from: controlSocket, data }) ? 0 : -E.EAGAIN;
  }
  probe(path: Bytes): Result {
    const node = this.world.files.find(path);
    if (typeof node === 'number') return node;
    return node.kind === 'socket' && node.box !== null ? 0 : -E.ECONNREFUSED;
  }

  spawn(spawn: Spawn): Spawned | Result {
    this.count();
    const { world, descriptors } = this;
    const { service, script } = ownerOf(spawn);
    const fault = this.faults.at('spawn', script, service);
    if (fault < 0) return fault;
    const status = world.pipe(statusPipeBytes, false);
    const ready = spawn.notificationFd > 0 ? world.pipe(statusPipeBytes, false) : null;
    const stdin = descriptors.pipeOf(spawn.stdin);
    const stdout = descriptors.pipeOf(spawn.stdout);
    const process = world.fork(service, script, { stdin, stdout, status, ready });
    if (typeof process === 'number') return process;
    const args = spawn.argv.slice(1);
    world.note({ type: 'forked', pid: process.pid, stdin: stdin?.id ?? null, stdout: stdout?.id ?? null, args }, service, script);
    world.agenda.after(0, process, () => process.execute(() => this.find(spawn, service)));
    return {
      pid: process.pid,
      status: descriptors.open({ kind: 'read', pipe: status }),
      ready: ready === null ? -1 : descriptors.open({ kind: 'read', pipe: ready }),
    };
  }

  /** What the file does that is executed, as it is at that moment. */
  private find({ directory, argv: [name = ''] }: Spawn, service: string): Behaviour | number {
    const fault = this.faults.at('exec', name, service);
    if (fault < 0) return fault;
    const node = this.world.files.find(`${serviceDirectory}/${directory}/${name}`);
    if (typeof node === 'number') return node;
    if (node.kind !== 'file' || node.plan === null) return -E.EACCES;
    const given = this.world.behaviourOf?.(service, name.slice(name.lastIndexOf('/') + 1)) ?? null;
    if (given !== null) return given;
    const { scenario, chooser } = this.world;
    const isChosen = scenario.offers !== undefined;
    const life = isChosen ? chooser.choose(node.plan.length, 'behaviour') : Math.min(node.lives, node.plan.length - 1);
    node.lives = Math.min(node.lives + 1, node.plan.length);
    return node.plan[life] ?? { lasts: 0 };
  }

  reap(): Reaped | null {
    this.count();
    this.preempt();
    for (const process of this.world.processes.values()) {
      if (!process.isChild || process.phase !== 'zombie') continue;
      const { pid, status } = process;
      this.world.note({ type: 'reaped', pid, status }, process.service, process.script);
      this.world.forget(process);
      return { pid, status };
    }
    return null;
  }
  childless(): boolean {
    return this.world.children.length === 0;
  }
  kill(pid: Pid, signal: number): Result {
    this.count();
    const process = this.world.processes.get(pid);
    this.world.note({ type: 'signalled', pid, signal }, process?.isChild === true ? process.service : '', process?.script);
    if (process === undefined) return -E.ESRCH;
    process.signal(signal);
    return 0;
  }
  killAll(signal: number): Result {
    this.world.note({ type: 'signalledAll', signal });
    const helper = this.world.fork('', 'killer', { stdin: null, stdout: null, status: null, ready: null });
    const killing = (): void => {
      for (const process of [...this.world.processes.values()]) if (process !== helper) process.signal(signal);
    };
    if (typeof helper === 'number') killing();
    else {
      this.world.agenda.after(0, helper, () => {
        killing();
        helper.end(0);
      });
    }
    return 0;
  }

  pipe(): { readonly read: Fd; readonly write: Fd } | Result {
    this.count();
    const fault = this.faults.at('pipe');
    if (fault < 0) return fault;
    const pipe = this.world.pipe(this.world.scenario.pipeBytes, true);
    return { read: this.descriptors.open({ kind: 'read', pipe }), write: this.descriptors.open({ kind: 'write', pipe }) };
  }
  descriptorLimit(): number {
    return this.world.scenario.descriptors ?? 64;
  }
  makePrivateDirectory(path: Bytes): Result {
    this.world.files.directory(path);
    return 0;
  }
  changeDirectory(path: Bytes): Result {
    const node = this.world.files.find(path);
    if (typeof node === 'number') return node;
    this.world.files.workingDirectory = path;
    return 0;
  }
  workingDirectory(): Bytes | Result {
    return this.world.files.workingDirectory;
  }
  say(text: Bytes): Result {
    this.count();
    const result = this.faults.at('say');
    this.world.note({ type: 'said', text, result });
    return result;
  }
  exec(path: Bytes): Result {
    if (path === 'SYS/reincarnate' && this.world.scenario.sys.reincarnate === 'fails') return -E.EACCES;
    if (path.includes('SYS/fatal')) return -E.ENOENT;
    return over(`exec ${path}`);
  }
  reboot(how: 'poweroff' | 'reboot' | 'halt'): Result {
    return over(how);
  }
  exit(status: number): never {
    return over(`exit ${String(status)}`);
  }
  sync(): void {
    this.count();
  }
  setUmask(): void {
    this.count();
  }
  isMountPoint(): boolean {
    return false;
  }
  mount(): Result {
    return this.faults.at('mount');
  }
  openConsole(): Result {
    return this.faults.at('openConsole');
  }
  takeCtrlAltDelete(): Result {
    return this.world.scenario.mode === 'machine' ? 0 : -E.EINVAL;
  }
  remountRootReadOnly(): Result {
    return this.faults.at('remount');
  }
}

function clientOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** Whose script it is: an instance has its template's directory, and its parameter comes last. */
function ownerOf({ directory, argv }: Spawn): { readonly service: string; readonly script: string } {
  const [name = ''] = argv;
  if (directory === 'SYS' || directory === '.') return { service: 'SYS', script: name.slice(name.lastIndexOf('/') + 1) };
  return { service: directory.endsWith('@') ? directory + (argv[argv.length - 1] ?? '') : directory, script: name };
}
