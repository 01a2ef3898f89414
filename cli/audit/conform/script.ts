/**
 * A probe, or a path, as a shell script: the directory, the scripts in it, how nitro is started, and what is done then.
 *
 * A person can paste it into a shell where `nitro` and `nitroctl` are the ones under test. What is waited for and looked at are comments.
 */
import type { Description } from '../../../tests/end-to-end/harness/description.js';
import { serviceEntry, systemEntry } from '../../../tests/end-to-end/harness/directory.js';
import type { Entry } from '../../../tests/end-to-end/harness/directory.js';

/** What is done to a daemon, line by line. */
export class ScriptLog {
  private readonly lines: string[] = [];

  /** A command. The same one over and over is written once. */
  did(command: string): void {
    if (this.lines[this.lines.length - 1] !== command) this.lines.push(command);
  }

  /** What is waited for, or looked at. */
  saw(what: string): void {
    this.did(`# ${what.replaceAll('\n', '\n# ')}`);
  }

  get text(): string {
    const most = 40;
    const more = this.lines.length - most;
    const shown = more > 0 ? [...this.lines.slice(0, most / 2), `# ... ${String(more)} more of these`, ...this.lines.slice(-most / 2)] : this.lines;
    return shown.join('\n');
  }
}

/** A word of a shell command. */
export function quoted(word: string): string {
  return /^[\w./@:,=+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** The commands that make an entry of a directory. */
export function makeEntry(path: string, entry: Entry): readonly string[] {
  const at = quoted(path);
  if (typeof entry === 'string') return [entry === '' ? `: >${at}` : file(at, entry)];
  if ('link' in entry) return [`ln -s ${quoted(entry.link)} ${at}`];
  if ('fifo' in entry) return [`mkfifo ${at}`];
  if ('directory' in entry) return [`mkdir -p ${at}`, ...Object.entries(entry.directory).flatMap(([name, inner]) => makeEntry(`${path}/${name}`, inner))];
  const text = typeof entry.text === 'string' ? file(at, entry.text) : `: >${at} # ${String(entry.text.length)} bytes`;
  const size = entry.sizeBytes === undefined ? [] : [`truncate -s ${String(entry.sizeBytes)} ${at}`];
  return [text, ...size, ...(entry.mode === undefined ? [] : [`chmod ${entry.mode.toString(8)} ${at}`])];
}

function file(at: string, text: string): string {
  return text.trim().includes('\n') ? heredoc(at, text) : `echo ${quoted(text.trim())} >${at}`;
}

function heredoc(at: string, text: string): string {
  return `cat >${at} <<'END'\n${text.endsWith('\n') ? text : `${text}\n`}END`;
}

const odd: Readonly<Record<string, string>> = {
  '-i': 'signal ignored',
  '-b': 'signal blocked',
  '-o': 'descriptor open',
  '-c': 'descriptor closed',
  '-n': 'limit of descriptors',
};

/** How odd inherited state is said: the options of the launch tool. */
function inherited(options: readonly string[]): string {
  const said: string[] = [];
  for (let at = 0; at < options.length; at++) {
    const option = options[at] ?? '';
    if (option === '-r') said.push('as the reaper of orphans (prctl PR_SET_CHILD_SUBREAPER)');
    else if (option === '-t') said.push('with a terminal as stdin');
    else said.push(`with ${odd[option] ?? option} ${options[(at += 1)] ?? ''}`);
  }
  return said.join(', ');
}

/** All that comes before the first command: directories, scripts, and the start of nitro. */
export function preparation(description: Description): string {
  const { services = {}, system, entries = {}, env = {}, launch, args, delays } = description;
  const lines = ['base=$(mktemp -d); cd $base; mkdir -p d t; export T=$base/t NITRO_SOCK=$base/s/nitro.sock'];
  for (const [name, value] of Object.entries(env)) {
    if (name === 'NITRO_DELAYS') continue;
    if (value === undefined) lines.push(`unset ${name}`);
    else lines.push(value.length > 200 ? `# export ${name} with a value of ${String(value.length)} bytes` : `export ${name}=${quoted(value)}`);
  }
  for (const [name, service] of Object.entries(services)) lines.push(...makeEntry(`d/${name}`, serviceEntry(service)));
  if (system !== undefined) lines.push(...makeEntry('d/SYS', systemEntry(system)));
  for (const [name, entry] of Object.entries(entries)) lines.push(...makeEntry(`d/${name}`, entry));
  if (delays !== undefined && delays !== 'default' && Object.keys(delays).length > 0) {
    lines.push(`export NITRO_DELAYS=${Object.entries(delays).map(([name, ms]) => `${name}=${String(ms)}`).join(',')} # only to be faster`);
  }
  const words = (args ?? ['d']).map(quoted).join(' ');
  if (launch !== undefined) lines.push(`# nitro is started ${inherited(launch)}`);
  lines.push(`nitro ${words} & nitro=$!`);
  return lines.join('\n');
}
