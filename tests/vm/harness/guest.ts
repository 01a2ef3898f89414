/**
 * A machine in QEMU that boots a kernel and nitro, and what a test does with it. How tests use it stands at the head of vm-test.ts.
 *
 * Theory of operation. The console of the guest is its first serial port, which is QEMU's stdin and stdout. The second one is a Unix socket, on which
 * the service `shell` of the guest takes commands. QEMU starts with the processor stopped, and goes once its monitor is heard, so that
 * no event is missed. How the guest ends is told by the monitor and by QEMU's exit status; unless the test wants it to boot again, a restart of the
 * guest ends QEMU too.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { waitFor, type Wait } from '../../end-to-end/harness/wait.js';
import { archiveOf } from './archive.js';
import { Qmp } from './qmp.js';
import type { Found } from './requirements.js';
import { rootOf, type Root } from './root.js';
import { Transcript } from './transcript.js';

/** A machine, and what is in it. */
export interface Description extends Root {
  /** Added to the kernel command line. `NAME=VALUE` that the kernel does not know is in nitro's environment, other words are its arguments. */
  readonly commandLine?: string;
  /** The kernel's `console=`; default is the first serial port. */
  readonly consoleDevice?: string;
  /** The service `shell`, which `run` needs; default true. */
  readonly shell?: boolean;
  /** Size of an empty disk, /dev/nvme0n1. */
  readonly diskMb?: number;
  /** Memory; default 256. */
  readonly memoryMb?: number;
  /** After a restart the guest boots again; default false: it ends QEMU. */
  readonly bootsAgain?: boolean;
  /** Further arguments of QEMU. */
  readonly qemu?: readonly string[];
}

/** How QEMU ended. */
export interface Exit {
  readonly code: number | null;
  /** Why the guest ended, in QEMU's words: `guest-shutdown` is power off, `guest-reset` is a restart. */
  readonly reason: string | undefined;
}

/** How a command in the guest ended. */
export interface Ran {
  readonly status: number;
  readonly output: string;
}

/** How long a step may take. Emulation on a busy machine is slow: this is only against waiting for ever. */
const STEP_MS = 300_000;

export class Guest {
  readonly console = new Transcript();
  readonly shell = new Transcript();
  exit: Exit | undefined;
  private readonly base = mkdtempSync('/tmp/nv-');
  private readonly disk = `${this.base}/disk`;
  private readonly process: ChildProcess;
  private qmp: Qmp | undefined;
  private shellPort: Socket | undefined;
  private complaints = '';
  private turn: Promise<unknown> = Promise.resolve();
  private isReady = false;

  /** Prepare everything and start QEMU, with the processor stopped. */
  constructor({ qemu, kernel, busybox }: Found, description: Description) {
    writeFileSync(`${this.base}/root`, archiveOf(rootOf(description, busybox, description.shell ?? true)));
    const { commandLine = '', consoleDevice = 'ttyS0,115200', diskMb, memoryMb = 256, bootsAgain = false } = description;
    const args = [
      '-accel', process.env['NITRO_VM_ACCEL'] ?? 'tcg', '-cpu', 'max', '-m', String(memoryMb), '-nodefaults', '-no-user-config', '-display', 'none', '-S',
      '-chardev', 'stdio,id=console,signal=off', '-serial', 'chardev:console',
      '-chardev', `socket,id=shell,path=${this.base}/shell,server=on,wait=off`, '-serial', 'chardev:shell',
      '-qmp', `unix:${this.base}/qmp,server=on,wait=off`,
      '-kernel', kernel, '-initrd', `${this.base}/root`,
      '-append', `console=${consoleDevice} quiet panic=-1 printk.devkmsg=on sysrq_always_enabled no_timer_check ${commandLine}`,
      ...(bootsAgain ? [] : ['-no-reboot']), ...(description.qemu ?? []),
    ];
    if (diskMb !== undefined) {
      writeFileSync(this.disk, '');
      truncateSync(this.disk, diskMb * 1024 * 1024);
      args.push('-drive', `file=${this.disk},format=raw,if=none,id=disk,cache=unsafe`, '-device', 'nvme,drive=disk,serial=disk');
    }
    this.process = spawn(qemu, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    this.process.stdin?.on('error', () => undefined);
    this.process.stdout?.setEncoding('latin1').on('data', (text: string) => this.console.add(text));
    this.process.stderr?.setEncoding('latin1').on('data', (text: string) => (this.complaints += text));
    this.process.on('error', (error) => (this.complaints += error.message));
    this.process.on('close', (code) => (this.exit = { code, reason: this.qmp?.shutdowns.at(-1) }));
    process.once('exit', this.kill);
  }

  /** Let the guest go. */
  async start(): Promise<void> {
    const qmp = await Promise.race([Qmp.open(`${this.base}/qmp`), this.ended()]);
    if (qmp === undefined) throw new Error(`QEMU does not start: ${this.complaints}`);
    this.qmp = qmp;
    this.shellPort = connect(`${this.base}/shell`);
    this.shellPort.on('error', () => undefined);
    this.shellPort.setEncoding('latin1').on('data', (text: string) => this.shell.add(text));
    await qmp.ask('cont');
  }

  /** QEMU's monitor. */
  get monitor(): Qmp {
    if (this.qmp === undefined) throw new Error('the guest was not started');
    return this.qmp;
  }

  /** Wait for text, or a match, on the console, after what was waited for last. */
  async says(wanted: string | RegExp, wait?: Wait): Promise<RegExpExecArray> {
    return await this.waitFor(`the console says ${String(wanted)}`, () => this.console.take(wanted), wait);
  }

  /** Wait for several texts on the console, in this order. */
  async saysInOrder(...all: readonly (string | RegExp)[]): Promise<void> {
    for (const wanted of all) await this.says(wanted);
  }

  /** Wait for a condition; at once an error when QEMU ends without it coming true. */
  async waitFor<T>(what: string, condition: () => T | Promise<T>, { withinMs = STEP_MS }: Wait = {}): Promise<Exclude<T, false | null | undefined>> {
    let gone: Error | undefined;
    const answer = await waitFor(what, async () => {
      const { exit } = this;
      const found = await condition();
      if ((found === null || found === undefined || found === false) && exit !== undefined) gone = new Error(`QEMU ended before this: ${what}`);
      return gone ?? found;
    }, { withinMs });
    if (gone !== undefined) throw gone;
    return answer as Exclude<T, false | null | undefined>;
  }

  /** Type on the console. */
  type(text: string): void {
    this.process.stdin?.write(text, 'latin1');
  }

  /** Press keys of the keyboard together, by QEMU's names. */
  async press(...keys: readonly string[]): Promise<void> {
    await this.monitor.ask('send-key', { keys: keys.map((data) => ({ type: 'qcode', data })) });
  }

  /** Magic SysRq over the console: a break, then the key. */
  async sysRq(key: string): Promise<void> {
    await this.monitor.ask('chardev-send-break', { id: 'console' });
    this.type(key);
  }

  /**
   * Run a command, one line of shell, in the guest; stdout and stderr are the output. Commands wait for each other. What goes on in the background
   * is written `(command &)`: when a child of its own ends, ash forgets the half of a line that it has read.
   */
  async run(command: string): Promise<Ran> {
    const ran = this.turn.then(async () => {
      await this.shellIsReady();
      this.shellPort?.write(`{ ${command}; } 2>&1\n`, 'latin1');
      const [, output = '', status] = await this.waitFor(`the guest has run: ${command}`, () => this.shell.take(/^([^]*?)::ended (\d+)\n/));
      return { output, status: Number(status) };
    });
    this.turn = ran.catch(() => undefined);
    return await ran;
  }

  /** The output of a command that must succeed. */
  async output(command: string): Promise<string> {
    const { status, output } = await this.run(command);
    if (status !== 0) throw new Error(`in the guest, \`${command}\` exited ${status}: ${output}`);
    return output;
  }

  /** Start a command and wait for nothing: it may end the guest. */
  async launch(command: string): Promise<void> {
    await this.turn;
    await this.shellIsReady();
    this.shellPort?.write(`${command}\n`, 'latin1');
  }

  /** Wait until the guest boots once more: what its shell said before counts no more. */
  async bootsAgain(times: number): Promise<void> {
    await this.waitFor('the guest is reset', () => this.monitor.resets.filter((reason) => reason === 'guest-reset').length >= times);
    this.shell.take(/[^]*/);
    this.isReady = false;
  }

  /** Wait until QEMU has ended. */
  async ends(wait?: Wait): Promise<Exit> {
    return await this.waitFor('QEMU ends', () => this.exit, wait);
  }

  /** The file that is the disk. */
  get diskPath(): string {
    return this.disk;
  }

  /** What happened, for the message of a failure. */
  report(): string {
    const how = this.exit === undefined ? 'still runs' : `ended with ${this.exit.code ?? 'a signal'}, ${this.exit.reason ?? 'no reason'}`;
    return [`--- QEMU ${how}`, this.complaints, '--- console', this.console.tail(), '--- shell', this.shell.tail()].join('\n');
  }

  /** End QEMU, and leave nothing of it. */
  async destroy(): Promise<void> {
    this.kill();
    await this.ended();
    this.shellPort?.destroy();
    process.off('exit', this.kill);
    rmSync(this.base, { recursive: true, force: true });
  }

  private readonly kill = (): void => void this.process.kill('SIGKILL');

  private async shellIsReady(): Promise<void> {
    if (!this.isReady) await this.waitFor('the shell of the guest is ready', () => this.shell.take('::ready\n'));
    this.isReady = true;
  }

  private async ended(): Promise<undefined> {
    if (this.exit === undefined) await new Promise((resolve) => this.process.once('close', resolve));
    return undefined;
  }
}
