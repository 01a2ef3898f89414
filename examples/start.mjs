/**
 * Supervises the services in examples/services, in the foreground: `npm start`.
 *
 * Theory of operation. Everything the example writes goes to a private directory under the system's temporary one:
 * the control socket, a `nitroctl` to use, the logs. nitro runs in a session of its own, so that Ctrl-C reaches only this
 * program, which passes it on once: SIGINT is a request for shutdown, and a second one within the same shutdown asks nitro not to
 * wait for SYS/finish. `nitroctl events` tells the changes of state, which are printed in plain words between what nitro itself
 * says. When nitro has ended, the last lines of the logs are shown and the directory is removed. Exits as nitro did.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

const root = join(import.meta.dirname, '..');
const services = join(import.meta.dirname, 'services');
const program = join(root, 'build', 'nitro');

/** Ctrl-C can arrive twice, from the terminal and from npm: what follows within this time is the same one. */
const SAME_REQUEST_MS = 500;
/** When to show the list: by then everything that starts by itself has started. */
const LIST_AFTER_MS = 4500;
/** How many lines of each log to show at the end. */
const LOG_LINES = 4;

const meaning = {
  DOWN: 'is down',
  SETUP: 'is being set up',
  STARTING: 'is starting: run was executed, and is not ready yet',
  UP: 'is up',
  ONESHOT: 'is done: a one shot, which counts as running from now on',
  SHUTDOWN: 'is going down',
  RESTART: 'is ending its life, and will be started again',
  FATAL: 'failed for good',
  DELAY: 'waits a moment before its next start',
};

const begun = performance.now();

function say(text) {
  process.stdout.write(`${text}\n`);
}

function sayWithTime(text) {
  say(`${((performance.now() - begun) / 1000).toFixed(2).padStart(7)}  ${text}`);
}

function fail(text) {
  process.stderr.write(`start: ${text}\n`);
  process.exit(1);
}

/** A directory of our own whose path leaves room for the names of sockets, which may have 107 bytes. */
function makePrivateDirectory() {
  const base = Buffer.byteLength(tmpdir()) <= 40 ? tmpdir() : '/tmp';
  return mkdtempSync(join(base, 'nitro-example-'));
}

/** What the changes of state say of each service so far. */
const known = new Map();

/** Says a change. What a service is already comes again when nitro answers a request about it. */
function sayChange(name, state) {
  if (known.get(name) === state) return;
  known.set(name, state);
  sayWithTime(`${name.padEnd(13)} ${meaning[state] ?? state} (${state})`);
}

/** Follows the changes of state until nitro ends. A nitro that reboots is followed into its next life. */
async function follow(nitroctl, env, running) {
  while (running()) {
    if (!existsSync(env.NITRO_SOCK)) {
      await sleep(5);
      continue;
    }
    const events = spawn(nitroctl, ['events'], { env, detached: true, stdio: ['ignore', 'pipe', 'ignore'] });
    followers.add(events);
    const ended = new Promise((resolve) => events.once('close', resolve));
    for await (const line of createInterface({ input: events.stdout })) {
      const blank = line.indexOf(' ');
      sayChange(line.slice(blank + 1), line.slice(0, blank));
    }
    await ended;
    followers.delete(events);
    await sleep(20);
  }
}

function introduce(directory) {
  say(`nitro supervises ${services}

In another terminal, ask it for something:

  export NITRO_SOCK=${directory}/nitro.sock PATH=${directory}/bin:$PATH
  nitroctl                          list the services
  nitroctl restart greeter          stop it and start it again: setup, run, and finish
  nitroctl kill greeter             have it crash
  nitroctl -v restart database      wait until it says that it is ready, and see each state
  nitroctl start ticker@1           start one more instance of the template ticker@
  nitroctl start standby            start what is not started by default; then: nitroctl stop standby
  nitroctl events                   see changes of state as they happen
  nitroctl Reboot                   bring all down, and nitro up again

Logs are in ${directory}/log; see them grow:

  tail -f ${directory}/log/*

Ctrl-C shuts everything down in order. Times below are seconds.
`);
}

function showLogs(directory) {
  const log = join(directory, 'log');
  for (const name of existsSync(log) ? readdirSync(log).sort() : []) {
    const lines = readFileSync(join(log, name), 'utf8').split('\n').slice(0, -1);
    say(`\nThe last lines of log/${name}:`);
    for (const line of lines.slice(-LOG_LINES)) say(`  ${line}`);
  }
}

if (!existsSync(program)) fail('there is no build/nitro yet. `npm ci` builds it, and so does `npm run build`.');

const directory = makePrivateDirectory();
const followers = new Set();
const nitroctl = join(directory, 'bin', 'nitroctl');
mkdirSync(join(directory, 'bin'));
mkdirSync(join(directory, 'log'));
symlinkSync(program, nitroctl);
const env = {
  ...process.env,
  EXAMPLE_DIR: directory,
  NITRO_SOCK: join(directory, 'nitro.sock'),
  PATH: `${join(directory, 'bin')}:${process.env.PATH ?? '/usr/bin:/bin'}`,
};

introduce(directory);

const nitro = spawn(program, [services], { env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
nitro.once('error', (error) => {
  rmSync(directory, { recursive: true, force: true });
  fail(`cannot execute ${program}: ${error.message}`);
});
const ended = new Promise((resolve) => nitro.once('exit', (status, signal) => resolve({ status, signal })));
const outputEnded = Promise.all(
  [nitro.stdout, nitro.stderr].map(async (input) => {
    for await (const line of createInterface({ input })) sayWithTime(line);
  }),
);

let asked = -Infinity;
function ask(signal) {
  const now = performance.now();
  if (now - asked < SAME_REQUEST_MS) return;
  if (asked === -Infinity) sayWithTime('Shutting down. Ctrl-C once more does not wait for SYS/finish.');
  asked = now;
  nitro.kill(signal);
}
process.on('SIGINT', () => ask('SIGINT'));
for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => ask('SIGTERM'));
process.stdout.on('error', () => ask('SIGTERM'));

const running = () => nitro.exitCode === null && nitro.signalCode === null;
void follow(nitroctl, env, running);
const listTimer = setTimeout(() => {
  const list = spawnSync(nitroctl, ['-t', '2', 'list'], { env, encoding: 'utf8' });
  if (list.status === 0 && asked === -Infinity) say(`\n$ nitroctl\n${list.stdout}`);
}, LIST_AFTER_MS);

const { status, signal } = await ended;
clearTimeout(listTimer);
// A process that a script left behind can hold the output open; it is not waited for.
await Promise.race([outputEnded, sleep(500)]);
for (const events of followers) events.kill('SIGINT');
const exit = signal === null ? status : 128 + constants.signals[signal];
sayWithTime(exit === 0 ? 'nitro ended as it should.' : `nitro ended with status ${exit}.`);
showLogs(directory);
rmSync(directory, { recursive: true, force: true });
say(`\n${directory} is removed.`);
process.exit(exit);
