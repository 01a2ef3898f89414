/**
 * A service directory that another process rewrites while nitro reads it again and again.
 *
 * The writer is a shell of its own: it makes services half and whole, removes them in the midst of a scan, puts links, loops, FIFOs and
 * files in their place, gives them names of all bytes, moves templates away. One service and its logger are left alone, and must not notice. At the end
 * what the directory holds is what nitro knows.
 */
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { stillPath } from '../end-to-end/harness/tools.js';
import { packet, Tag } from '../end-to-end/harness/wire.js';
import { pidsKept, underFire } from './control.js';
import { isOver, sizeOf, type Finding, type Limits } from './part.js';

/** Rewrites the directory $1 until it is killed. $2: a program for `run`; $3: a seed. */
const writer = `
cd "$1"; x=$3
odd=$(printf 'b\\377\\001\\033[31m'); long=$(printf '%063d' 0); longer=$(printf '%064d' 0)
while :; do
  x=$(( (x * 1103515245 + 12345) & 2147483647 )); n=$(( x / 65536 % 8 )); k=$(( x / 1048576 % 16 ))
  case $n in 0) s=s0;; 1) s=$odd;; 2) s=$long;; 3) s=$longer;; 4) s=t@;; 5) s=t@p;; 6) s="a b";; *) s=s$n;; esac
  case $k in
    0|1|2) mkdir "$s" && ln -s "$2" "$s/run" ;;
    3) mkdir "$s" && true >"$s/run" && chmod +x "$s/run" ;;
    4|5|6) rm -rf "$s" ;;
    7) ln -s "$s" "$s" ;;
    8) mkfifo "$s" ;;
    9) mkdir "$s" && ln -s setup "$s/setup" && ln -s ../s0 "$s/log" ;;
    10) mv "$s" moved && mv moved "s$(( x / 4096 % 8 ))" ;;
    11) ln -s ../d "$s" ;;
    12) mkdir "$s" && ln -s "$2" "$s/setup" && mkfifo "$s/run" ;;
    13) ln -s ../t@ "$s/log" ;;
    14) true >"$s/down" ;;
    15) chmod 0 "$s"; chmod 755 "$s" ;;
  esac
done 2>/dev/null
`;

/** Rescans while the directory is rewritten. */
export async function rewriting(limits: Limits, rescans: number): Promise<Finding> {
  const SLEEP = `#!${stillPath}\n`;
  let size: Pick<Finding, 'before' | 'after'> = {};
  const delays = { RESPAWN: 5, STARTING: 5, SHUTDOWN: 300, FINISH: 300, SPAWN_ERROR: 5 };
  const finding = await underFire('rescans of a directory that another process rewrites', { services: { kept: { run: SLEEP, log: '../keptlog' }, keptlog: { run: SLEEP } }, delays }, async (nitro) => {
    const pids = await pidsKept(nitro);
    const before = sizeOf(nitro.pid);
    const shell = spawn('sh', ['-c', writer, 'writer', nitro.directory, stillPath, String(limits.seed)], { stdio: 'ignore', detached: true });
    const hasEnded = (): boolean => shell.exitCode !== null || shell.signalCode !== null;
    let times = 0;
    try {
      while (times < rescans && !isOver(limits)) {
        for (let index = 0; index < 10; index++, times++) nitro.send(packet(Tag.RESCAN));
        if (hasEnded()) throw new Error('the writer ended by itself');
        // An answer: so many rescans were done, and no more wait.
        await nitro.info();
        limits.progress(`${String(times)} rescans`);
      }
    } finally {
      if (!hasEnded() && shell.pid !== undefined) process.kill(-shell.pid, 'SIGKILL');
    }
    await nitro.waitFor('the writer is gone', hasEnded);
    const lost = (await pidsKept(nitro)) === pids ? [] : ['services that nobody changed were restarted'];
    for (const name of readdirSync(nitro.directory, 'latin1')) if (!['kept', 'keptlog'].includes(name)) nitro.remove(name);
    await nitro.waitFor('what is gone is forgotten', async () => {
      await nitro.request(packet(Tag.RESCAN));
      const known = [...(await nitro.list()).keys()].sort();
      if (known.join() !== 'kept,keptlog') throw new Error(known.join());
      return true;
    });
    size = { before, after: sizeOf(nitro.pid) };
    const more = sizeOf(nitro.pid).descriptors - before.descriptors;
    return { times, lost: more > 0 ? [...lost, `${String(more)} descriptors more`] : lost };
  });
  return { ...finding, ...size };
}
