/**
 * nitroctl, run for what a trace has not: pids and how long, and for what the page asks.
 *
 * Names are text here as in traces: a byte that is no UTF-8 is `\xHH`. A name that has one cannot be an argument of a program that Node
 * starts, so it cannot be asked for.
 */
import { spawn } from 'node:child_process';
import { nameAsText } from '../trace/names.js';
import type { Action, Outcome } from './messages.js';
import type { Listed } from './model.js';

/** Where nitroctl is, and the control socket it is to use. */
export interface Nitroctl {
  readonly path: string;
  /** undefined: what nitroctl uses by itself. */
  readonly socket: string | undefined;
}

interface Ended {
  /** null: it could not be started, or a signal ended it. */
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function run({ path, socket }: Nitroctl, args: readonly string[]): Promise<Ended> {
  const environment = socket === undefined ? process.env : { ...process.env, NITRO_SOCK: socket };
  const child = spawn(path, args, { argv0: 'nitroctl', env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
  const said = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said.stderr += text));
  return new Promise((resolve) => {
    child.on('error', (error) => resolve({ status: null, stdout: '', stderr: error.message }));
    child.on('close', (status) => resolve({ status, ...said }));
  });
}

interface JsonService {
  readonly name: string;
  readonly state: string;
  readonly pid: number | null;
  readonly uptime: number;
}

/** nitroctl's exit status when one of the services that it was asked for is not there. */
const noSuchService = 111;

function parseList(stdout: string): readonly Listed[] {
  const services = JSON.parse(stdout) as readonly JsonService[];
  return services.map(({ name, state, pid, uptime }) => ({ name: nameAsText(name), state, pid: pid ?? 0, uptime }));
}

/** All services as they are now; null: there is no answer. */
export async function list(nitroctl: Nitroctl): Promise<readonly Listed[] | null> {
  const { status, stdout } = await run(nitroctl, ['--json', 'list']);
  return status === 0 ? parseList(stdout) : null;
}

/** A list of so many services does not kill the reference's daemon (protocol.md, Replies). */
const listedMax = 40;
/** Services to ask for at a time. */
const askedMax = 200;

/** The same, of a daemon that may die of a long list: it is asked for each of those that are known. */
export async function listWithCare(nitroctl: Nitroctl, known: readonly string[]): Promise<readonly Listed[] | null> {
  const services = (await info(nitroctl))?.services ?? null;
  if (services === null) return null;
  if (services <= listedMax) return await list(nitroctl);
  const names = known.filter((name) => !isEscaped(name));
  const found: Listed[] = [];
  for (let at = 0; at < names.length; at += askedMax) {
    const { status, stdout } = await run(nitroctl, ['--json', 'list', '--', ...names.slice(at, at + askedMax)]);
    if (status !== 0 && status !== noSuchService) return null;
    found.push(...parseList(stdout));
  }
  return found;
}

/** Pid of the daemon, as it sees itself, and how many services it knows; null: it does not answer. */
export async function info(nitroctl: Nitroctl): Promise<{ readonly pid: number | null; readonly services: number | null } | null> {
  const { status, stdout } = await run(nitroctl, ['--json', 'info']);
  if (status !== 0) return null;
  const { nitro_pid: pid = null, max_service: services = null } = JSON.parse(stdout) as { nitro_pid?: number; max_service?: number };
  return { pid, services };
}

/** Has the name a byte that is no UTF-8? */
function isEscaped(name: string): boolean {
  return /\\x[89a-f][0-9a-f]/.test(name);
}

/** Seconds that an action may take before the page is told that it goes on. */
const patience = 20;

/** Have a service up, down or restarted, and wait until it is. */
export async function act(nitroctl: Nitroctl, action: Action, service: string): Promise<Outcome> {
  if (isEscaped(service)) return { ok: false, text: `${action} ${service}: this name is no UTF-8, ask nitroctl` };
  const command = { up: 'fast-start', down: 'down', restart: 'fast-restart' }[action];
  const { status, stderr } = await run(nitroctl, ['-t', String(patience), command, '--', service]);
  if (status === 0) return { ok: true, text: `${action} ${service}: done` };
  if (status === 3) return { ok: true, text: `${action} ${service}: asked for, and not done within ${String(patience)} s` };
  return { ok: false, text: `${action} ${service}: ${stderr.trim().replace(/^nitroctl: /, '')}` };
}
