/**
 * The example: that its scripts are what they claim to be, and that `npm start` supervises them and ends in order.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { filesBelow, has, root, run } from './workspace.js';

const services = join(root, 'examples/services');
const isScript = (file: string): boolean => /\/(setup|run|finish|final)$/.test(file);
const scripts = filesBelow(services).filter(isScript);

describe('the scripts of the example', () => {
  it('are there for everything that the example is to show', () => {
    for (const file of ['SYS/setup', 'SYS/finish', 'LOG/run', 'greeter/setup', 'greeter/run', 'greeter/finish', 'spool/setup'])
      expect(scripts).toContain(file);
    expect(existsSync(join(services, 'spool/run'))).toBe(false);
    expect(readdirSync(services)).toContain('ticker@3');
    expect(readFileSync(join(services, 'database/notification-fd'), 'utf8')).toBe('3\n');
  });

  it.each(scripts)('%s is executable, and opens with a comment on what it shows', (file) => {
    const [first, second] = readFileSync(join(services, file), 'utf8').split('\n');
    expect(statSync(join(services, file)).mode & 0o111).toBe(0o111);
    expect(first).toBe('#!/bin/sh');
    expect(second).toMatch(/^# \S/);
    expect(run('sh', ['-n', join(services, file)])).toMatchObject({ status: 0, stderr: '' });
  });

  it.skipIf(!has('shellcheck'))('are POSIX sh without a fault that shellcheck finds', () => {
    const { status, stdout } = run('shellcheck', ['-s', 'sh', ...scripts], { cwd: services });
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
  });
});

/** `npm start`'s program, running, with what it has printed so far. */
class Example {
  readonly child: ChildProcess;
  readonly ended: Promise<number>;
  output = '';

  constructor() {
    const { NITRO_SOCK: _, ...env } = process.env;
    this.child = spawn(process.execPath, ['examples/start.mjs'], { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [this.child.stdout, this.child.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.output += text;
      });
    this.ended = new Promise((resolve) => {
      this.child.once('close', (status) => {
        resolve(status ?? -1);
      });
    });
  }

  /** Wait until it has printed this. */
  async printed(what: RegExp, withinMs = 45_000): Promise<void> {
    const end = performance.now() + withinMs;
    while (!what.test(this.output)) {
      if (performance.now() > end) throw new Error(`did not print ${String(what)} within ${withinMs} ms:\n${this.output}`);
      await sleep(20);
    }
  }

  /** The environment that it says to use. */
  get environment(): { readonly NITRO_SOCK: string; readonly PATH: string } {
    const [, socket, bin] = /export NITRO_SOCK=(\S+) PATH=(\S+):\$PATH/.exec(this.output) ?? [];
    if (socket === undefined || bin === undefined) throw new Error(`does not say which NITRO_SOCK to use:\n${this.output}`);
    return { NITRO_SOCK: socket, PATH: `${bin}:${process.env['PATH'] ?? ''}` };
  }
}

describe('npm start', { timeout: 60_000 }, () => {
  let example: Example | undefined;

  afterEach(async () => {
    if (example?.child.exitCode === null) {
      example.child.kill('SIGINT');
      await example.ended;
    }
  });

  it('supervises, says what is going on, and shuts down in order on SIGINT', async () => {
    example = new Example();
    await example.printed(/tail -f/);
    const { NITRO_SOCK, PATH } = example.environment;
    const directory = join(NITRO_SOCK, '..');
    const ask = (...words: readonly string[]): { status: number; stdout: string } =>
      run('sh', ['-c', 'nitroctl "$@"', 'sh', ...words], { env: { NITRO_SOCK, PATH } });

    await example.printed(/database +is up/);
    await example.printed(/greeter +is up/);
    await example.printed(/spool +is done/);
    expect(ask('check', 'greeter', 'tape@greeter', 'LOG', 'database', 'ticker@3')).toMatchObject({ status: 0 });
    const listed = JSON.parse(ask('--json', 'list').stdout) as readonly { readonly name: string }[];
    const offered = run('bash', ['-c', '. completions/nitroctl.bash; _nitroctl_services nitroctl'], { env: { NITRO_SOCK, PATH } });
    expect(offered.stdout.split('\n').slice(0, -1)).toEqual(listed.map(({ name }) => name));

    expect(ask('start', 'standby', 'ticker@1')).toMatchObject({ status: 0 });
    expect(ask('stop', 'standby')).toMatchObject({ status: 0 });
    expect(ask('kill', 'greeter')).toMatchObject({ status: 0 });
    await example.printed(/greeter +is ending its life(.*\n)+.*greeter +is starting/);
    await example.printed(/\$ nitroctl\n([A-Z]+ .*\n)+/);

    example.child.kill('SIGINT');
    example.child.kill('SIGINT'); // as npm and the terminal both do
    expect(await example.ended).toBe(0);

    // The order of the end: SYS/finish, then the services, then the loggers.
    const last = (what: string): number => example?.output.lastIndexOf(what) ?? -1;
    expect(last('SYS/finish: shutdown')).toBeGreaterThan(0);
    expect(last('greeter       is down')).toBeGreaterThan(last('SYS/finish: shutdown'));
    expect(last('tape@greeter  is down')).toBeGreaterThan(last('greeter       is down'));
    expect(last('SYS/final:')).toBeGreaterThan(last('tape@greeter  is down'));

    // The logs, with the last words of what was brought down.
    expect(example.output).toMatch(/log\/greeter:\n(.*\n)* {2}\S+ run: good-bye\n {2}\S+ finish: run ended with status 0/);
    expect(example.output).toMatch(/log\/everything:\n(.*\n)* {2}spool: removed/);
    expect(existsSync(directory)).toBe(false);
  });

  it('passes a shutdown by nitroctl on, too', async () => {
    example = new Example();
    await example.printed(/database +is up/);
    expect(run('sh', ['-c', 'nitroctl Shutdown'], { env: { ...process.env, ...example.environment } }).status).toBe(0);
    expect(await example.ended).toBe(0);
    expect(example.output).toContain('nitro ended as it should.');
  });
});
