/**
 * For each rule of `nitro-audit check` a directory in which it finds something, and one, as like it as can be, in which it does not.
 *
 * `says` is what nitro itself says on stderr about the first one, where it says something. A fixture that needs another user, or
 * a file that nobody may read, is made by `changed` on the snapshot, so that it does not depend on who runs the tests.
 */
import type { Entry as Placed } from '../end-to-end/harness/directory.js';
import type { Entry, Snapshot } from '../../cli/audit/check/snapshot.js';

export type Layout = Readonly<Record<string, Placed>>;

export interface Fixture {
  readonly bad: Layout;
  readonly good: Layout;
  /** Names of what is found, relative to the directory; default: anything. */
  readonly at?: string;
  readonly says?: RegExp;
  readonly changed?: (snapshot: Snapshot) => Snapshot;
}

const sh = (text: string, mode = 0o755): Placed => ({ text: `#!/bin/sh\n${text}\n`, mode });
const raw = (text: string | Buffer, mode = 0o755): Placed => ({ text, mode });
const link = (target: string): Placed => ({ link: target });
const dir = (directory: Readonly<Record<string, Placed>>, mode?: number): Placed => (mode === undefined ? { directory } : { directory, mode });

const run = sh('exec sleep 1000');
const plain = dir({ run });
const drains = sh('trap "exit 0" TERM\nwhile read -r line; do\n\techo "$line"\ndone');
const logger = dir({ run: drains });
const base: Layout = { ok: plain };
const sys = (files: Readonly<Record<string, Placed>>): Layout => ({ ...base, SYS: dir(files) });
const with_ = (files: Readonly<Record<string, Placed>>): Layout => ({ a: dir({ run, ...files }) });
const noted = (first: string, files: Readonly<Record<string, Placed>> = {}): Layout => ({ a: dir({ run: sh(first), ...files }) });

/** A snapshot with another entry at a path. */
function entryAt(snapshot: Snapshot, path: string, change: Partial<Entry>): Snapshot {
  const [first, second] = path.split('/');
  const replaced = (entries: readonly Entry[] | null, name: string | undefined, by: (entry: Entry) => Entry): readonly Entry[] =>
    (entries ?? []).map((entry) => (entry.name === name ? by(entry) : entry));
  const entries = replaced(snapshot.root.entries, first, (entry) =>
    second === undefined ? { ...entry, ...change } : { ...entry, entries: replaced(entry.entries, second, (file) => ({ ...file, ...change })) },
  );
  return { ...snapshot, root: { ...snapshot.root, entries } };
}

/** Header of a program for 64 bit, with a loader. */
function elf(machine: number, loader: string): Buffer {
  const data = Buffer.alloc(256);
  data.write('\x7fELF\x02\x01\x01', 'latin1');
  data.writeUInt16LE(machine, 18);
  data.writeUInt32LE(64, 32);
  data.writeUInt16LE(56, 54);
  data.writeUInt16LE(1, 56);
  data.writeUInt32LE(3, 64);
  data.writeUInt32LE(128, 72);
  data.writeUInt32LE(loader.length + 1, 96);
  data.write(`${loader}\0`, 128, 'latin1');
  return data;
}

const many = (count: number): Layout => Object.fromEntries(Array.from({ length: count }, (_, index) => [`s${String(index)}`, plain]));
const long = 'x'.repeat(64);

export const fixtures: Readonly<Record<string, Fixture>> = {
  N101: { bad: { [long]: plain }, good: { [long.slice(1)]: plain }, at: long, says: /not a valid service name: x{64}/ },
  N102: { bad: { 'a,b': plain, ...base }, good: { 'a b': plain }, at: 'a,b', says: /not a valid service name: a,b/ },
  N103: { bad: { ALL: plain }, good: { ALL2: plain } },
  N104: { bad: { 'caf\xe9': plain }, good: { 'caf\xc3\xa9': plain } },
  N105: { bad: { '-v': plain }, good: { 'v-': plain } },
  N106: { bad: { '.a': plain, ...base }, good: { '.git': dir({ config: 'x' }), ...base } },
  N107: { bad: { run: sh('exec sleep 1000'), ...base }, good: base, at: 'run' },
  N108: { bad: { a: dir({ finish: sh('exit 0') }), ...base }, good: { a: dir({ setup: sh('exit 0'), finish: sh('exit 0') }) }, says: /no such service: a/ },
  N109: { bad: { a: link('nowhere'), ...base }, good: { a: link('.a'), '.a': dir({ run }) }, at: 'a' },
  N110: { bad: { sys: plain }, good: sys({ setup: sh('exit 0') }) },
  N111: { bad: { a: plain, b: link('a') }, good: { a: plain, b: plain }, at: 'b' },
  N112: {
    bad: base,
    good: base,
    changed: (snapshot) => entryAt(snapshot, 'ok/run', { unread: 13, text: null }),
  },
  S201: { bad: { a: dir({ run: sh('exec sleep 1000', 0o644) }) }, good: { a: plain }, at: 'a/run', says: /a: cannot execute run: Permission denied/ },
  S202: { bad: { a: dir({ run: { fifo: true } }) }, good: { a: plain }, at: 'a/run', says: /a: cannot execute run: Permission denied/ },
  S203: { bad: { a: dir({ run: link('/nowhere/run') }) }, good: { a: dir({ run: link('start'), start: run }) }, says: /no such service: a/ },
  S204: { bad: { a: dir({ run: raw('#!/nowhere/sh\n') }) }, good: { a: plain }, says: /a: cannot execute run: No such file/ },
  S205: { bad: { a: dir({ run: raw('#!/bin/sh\r\nexec sleep 1000\r\n') }) }, good: { a: plain }, says: /a: cannot execute run: No such file/ },
  S206: { bad: { a: dir({ run: raw('exec sleep 1000\n') }) }, good: { a: plain }, says: /a: cannot execute run: Exec format error/ },
  S207: { bad: { a: dir({ run: raw('#!sh\nexec sleep 1000\n') }) }, good: { a: plain }, says: /a: cannot execute run: No such file/ },
  S208: { bad: { a: dir({ run: raw('#!/usr/bin/env no-such-shell\n') }) }, good: { a: dir({ run: raw('#!/usr/bin/env sh\nexec sleep 1000\n') }) } },
  S209: { bad: { a: dir({ run: raw(`#!/bin/sh -e${' '.repeat(300)}\nexec sleep 1000\n`) }) }, good: { a: dir({ run: raw('#!/bin/sh -e\nexec sleep 1000\n') }) } },
  S210: { bad: { a: dir({ run: raw(elf(2, '/lib/ld.so')) }) }, good: { a: plain }, says: /a: cannot execute run: (Exec format|No such file|Permission)/ },
  S211: { bad: { a: dir({ run, 'finish.sh': sh('exit 0') }) }, good: { a: dir({ run, finish: sh('exit 0'), 'helper.sh': sh('exit 0') }) }, at: 'a/finish.sh' },
  S220: { bad: noted('sleep 0.3 &'), good: noted('sleep 1000 &\nnap=$!\ntrap "kill $nap" TERM\nwait') },
  S221: { bad: noted('sleep 0.2'), good: noted('exec sleep 1000') },
  S222: {
    bad: { 'w@': dir({ run: sh('echo "$1" >/dev/null\nexec sleep 1000'), finish: sh('nitroctl down .') }), 'w@x': link('w@') },
    good: { 'w@': dir({ run: sh('echo "$1" >/dev/null\nexec sleep 1000'), finish: sh('[ "$1" = 0 ] || nitroctl down "w@$3"') }), 'w@x': link('w@') },
  },
  S223: { bad: { a: dir({ setup: sh('[ -e never ] && nitroctl start a\nexit 0'), run }) }, good: { a: dir({ setup: sh('[ -e never ] && nitroctl up b\nexit 0'), run }), b: plain } },
  S224: { bad: sys({ setup: sh('[ -e never ] && nitroctl up nobody\nexit 0') }), good: sys({ setup: sh('[ -e never ] && nitroctl up ok\nexit 0') }) },
  S225: { bad: sys({ setup: sh('[ -e never ] && nitroctl begin ok\nexit 0') }), good: sys({ setup: sh('[ -e never ] && nitroctl up ok\nexit 0') }) },
  S226: { bad: { a: dir({ run, finish: sh('[ -e never ] && sleep 10\nexit 0') }) }, good: { a: dir({ run, finish: sh('[ -e never ] && sleep 1\nexit 0') }) } },
  S227: { bad: sys({ setup: sh('[ -e never ] && nitroctl start ok\nexit 0') }), good: sys({ setup: sh('[ -e never ] && nitroctl -t 5 start ok\nexit 0') }) },
  L301: { bad: with_({ log: dir({ run }) }), good: { ...with_({ log: link('../l') }), l: logger }, says: /a: log is not a symlink, ignored/ },
  L302: { bad: with_({ log: link('../nobody') }), good: { ...with_({ log: link('../l') }), l: logger }, says: /a: no such service to log to: nobody/ },
  L303: { bad: { ...with_({ log: link('/elsewhere/l') }), l: logger }, good: { ...with_({ log: link('../l/') }), l: logger } },
  L304: {
    bad: { a: dir({ run: drains, log: link('../b') }), b: dir({ run: drains, log: link('../a') }) },
    good: { a: dir({ run: drains, log: link('../b') }), b: logger },
  },
  L305: {
    bad: { a: dir({ run: drains, log: link('../a'), finish: sh('echo done') }) },
    good: { a: dir({ run: drains, log: link('../l'), finish: sh('echo done') }), l: logger },
  },
  L306: {
    bad: { ...with_({ log: link('../l') }), l: dir({ run: drains, 'down-signal': 'k\n' }) },
    good: { ...with_({ log: link('../l') }), l: dir({ run: sh('trap "exit 0" INT\nwhile read -r line; do :; done'), 'down-signal': 'i\n' }) },
  },
  L307: { bad: { ...with_({ log: link('../l') }), l: dir({ run: sh('exec cat') }) }, good: { ...with_({ log: link('../l') }), l: logger } },
  L308: { bad: { ...with_({ log: link('../l') }), l: dir({ setup: sh('exit 0') }) }, good: { ...with_({ log: link('../l') }), l: logger } },
  L309: { bad: { ...with_({ log: link('../l') }), l: dir({ run: drains, down: '' }) }, good: { ...with_({ log: link('../l') }), l: logger } },
  L310: { bad: { ...base, LOG: dir({ run: drains, log: link('../ok') }) }, good: { ...base, LOG: logger } },
  L311: { bad: { ...base, LOG: dir({ run: drains, down: '' }) }, good: { ...base, LOG: logger } },
  L312: { bad: { ...with_({ log: link('../LOG') }), LOG: logger }, good: { ...with_({}), LOG: logger } },
  C401: { bad: with_({ 'down-signal': { fifo: true } }), good: with_({ 'down-signal': 't\n' }) },
  C402: { bad: with_({ 'notification-fd': '1\n' }), good: noted('echo >&3\nexec sleep 1000', { 'notification-fd': '3\n' }) },
  C403: { bad: with_({ 'notification-fd': 'three\n' }), good: with_({ 'notification-fd': '0\n' }) },
  C404: {
    bad: with_({ 'notification-fd': '99999999\n' }),
    good: noted('exec sleep 1000', { 'notification-fd': '1000\n' }),
    says: /a: notification-fd is beyond the limit/,
  },
  C405: { bad: with_({ 'notification-fd': '3 4\n' }), good: with_({ 'notification-fd': '3\n' }) },
  C406: {
    bad: noted('while :; do sleep 1; done', { 'notification-fd': '3\n' }),
    good: noted('trap "exit 0" TERM\necho >&3\nexec 3>&-\nwhile :; do sleep 0.1; done', { 'notification-fd': '3\n' }),
  },
  C407: { bad: { a: dir({ setup: sh('exit 0'), 'down-signal': 'i\n' }) }, good: with_({ 'down-signal': 'i\n' }) },
  C408: { bad: with_({ 'down-signal': 'SIGINT\n' }), good: with_({ 'down-signal': 'int\n' }) },
  C409: { bad: with_({ 'down-signal': '15\n' }), good: with_({ 'down-signal': '1\n' }) },
  C410: { bad: noted('exit 0', { 'down-signal': 'p\n' }), good: with_({ 'down-signal': 'q\n' }) },
  C411: { bad: with_({ 'down-signal': 'k\n' }), good: with_({ 'down-signal': 't\n' }) },
  T501: { bad: { 'w@x': plain, ...base }, good: { 'w@': dir({ run: sh('exec sleep "$1"') }), 'w@1000': link('w@') }, says: /no such service: w@x/ },
  T502: { bad: { 'w@': plain, ...base }, good: { 'w@': plain, 'w@x': link('w@') } },
  T503: { bad: { 'w@': plain, 'w@x': dir({ run }) }, good: { 'w@': plain, 'w@x': dir({}) } },
  T504: { bad: { 'w@': plain, 'v@': plain, 'v@x': link('v@'), 'w@x': link('v@') }, good: { 'w@': plain, 'w@x': link('w@') } },
  T505: { bad: { 'w@': dir({ finish: sh('exit 0') }), ...base }, good: { 'w@': plain, ...base } },
  T506: { bad: { 'w@': plain, 'w@x': link('w@') }, good: { 'w@': dir({ run: sh('exec sleep "$1"') }), 'w@1000': link('w@') } },
  T507: { bad: { 'w@': dir({ run, down: '' }), 'w@x': link('w@'), ...base }, good: { 'w@': plain, 'w@x': link('w@') } },
  W601: { bad: { a: dir({ run: sh('exec sleep 1000', 0o777) }) }, good: { a: dir({ run: sh('exec sleep 1000', 0o755) }) } },
  W602: { bad: { a: dir({ run }, 0o777) }, good: { a: dir({ run }, 0o755) } },
  W603: { bad: base, good: base, changed: (snapshot) => entryAt(snapshot, 'ok/run', { uid: 0, gid: 1000, mode: 0o775 }) },
  W604: { bad: base, good: base, changed: (snapshot) => entryAt(snapshot, 'ok/run', { uid: 12_345 }) },
  W605: {
    bad: { ...with_({ finish: link('../../open/x/finish') }), '../open': dir({ x: dir({ finish: sh('exit 0') }) }, 0o777) },
    good: { ...with_({ finish: link('../../closed/x/finish') }), '../closed': dir({ x: dir({ finish: sh('exit 0') }) }, 0o755) },
  },
  W606: { bad: { a: dir({ run: sh('exec sleep 1000', 0o4755) }) }, good: { a: plain } },
  Y701: { bad: { ...base, SYS: 'no directory\n' }, good: sys({ setup: sh('exit 0') }) },
  Y702: { bad: sys({ 'README': 'nothing\n' }), good: sys({ setup: sh('exit 0') }) },
  Y703: { bad: sys({ setup: sh('exit 0'), run }), good: sys({ setup: sh('exit 0') }) },
  Y704: { bad: sys({ setup: sh('exit 0'), final: sh('exit 0'), reincarnate: sh('exit 0') }), good: sys({ setup: sh('exit 0'), final: sh('exit 0') }) },
  Y705: { bad: { a: dir({ run, down: '' }) }, good: { a: dir({ run, down: '' }), b: plain } },
  Y706: { bad: sys({ finish: sh('exit 0') }), good: sys({ setup: sh('exit 0'), finish: sh('exit 0') }) },
  Y707: {
    bad: sys({ setup: sh('exit 0'), 'exit-status-from': link('../nobody') }),
    // It ends with the status of that service, which is 0 here.
    good: { main: dir({ run: sh('trap "exit 0" TERM\nwhile :; do\n\tsleep 0.1\ndone') }), SYS: dir({ setup: sh('exit 0'), 'exit-status-from': link('../main') }) },
  },
  R801: { bad: with_({ type: 'longrun\n' }), good: with_({ data: 'x\n' }) },
  R802: { bad: many(501), good: many(3) },
  R803: { bad: many(100), good: many(3) },
  R804: {
    bad: { a: dir({ run: drains, log: link('../b') }), b: dir({ run: drains, log: link('../a') }) },
    good: { a: dir({ run: drains, log: link('../a') }) },
  },
  R805: { bad: { ...with_({ log: link('../l') }), l: dir({ run: drains, log: link('../m') }), m: logger }, good: { ...with_({ log: link('../l') }), l: logger } },
  R806: { bad: with_({ 'notification-fd': { fifo: true } }), good: noted('echo >&3\nexec sleep 1000', { 'notification-fd': '3\n' }) },
  R807: { bad: with_({ 'notification-fd': '0\n' }), good: noted('echo >&3\nexec sleep 1000', { 'notification-fd': '3\n' }) },
  R808: { bad: sys({ setup: sh('exit 0'), final: sh('exit 0') }), good: sys({ setup: sh('exit 0') }) },
  R809: { bad: { a: dir({ setup: sh('[ -e never ] && kill $$\nexit 0'), run }) }, good: { a: dir({ setup: sh('[ -e never ] && exit 1\nexit 0'), run }) } },
};
