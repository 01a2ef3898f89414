/**
 * Each system call that nitro makes while it supervises, failing once with each error that it can have.
 *
 * One nitro lives through all of it. For each fault strace comes to it, and then all that a nitro does is done: a service crashes and is
 * restarted, others are restarted, brought down and up, the directory is read again, requests are answered, listeners told. Then, *before anything
 * else is asked of it*, each service must be running again: seen from /proc, as a request might wake a nitro that had overslept.
 * Strace leaves; the services are UP in nitro's own eyes, no child is a zombie, no descriptor is left open. The number of the failing call goes
 * up until it no longer comes.
 */
import { Daemon } from '../end-to-end/harness/daemon.js';
import { Datagrams } from '../end-to-end/harness/datagrams.js';
import type { Service } from '../end-to-end/harness/directory.js';
import { childrenOf, descriptorsOf, killHard, zombiesOf } from '../end-to-end/harness/processes.js';
import { stillPath } from '../end-to-end/harness/tools.js';
import { packet, Tag } from '../end-to-end/harness/wire.js';
import { errorsOf, errorsOfChild, type Errors } from './errnos.js';
import { inTurns, messageOf, type Finding, type Limits } from './part.js';
import { Injection, wordsOf, type Fault } from './strace.js';

/** What a script does after its start must not be struck too. */
const SLEEP = `#!${stillPath}\n`;
const services: Readonly<Record<string, Service>> = {
  log: { run: SLEEP },
  crash: { run: SLEEP, finish: 'exit 0', log: '../log' },
  again: { setup: 'exit 0', run: SLEEP },
  turned: { run: SLEEP },
  told: { run: `#!${stillPath} 3\n`, 'notification-fd': 3 },
};
const names = Object.keys(services);
const delays = { SHUTDOWN: 300, FINISH: 300, RESPAWN: 20, SPAWN_ERROR: 100, STARTING: 20 };

/** A nitro that goes from fault to fault. */
class Subject {
  private constructor(
    readonly nitro: Daemon,
    private readonly peer: Datagrams,
  ) {}

  static async started(): Promise<Subject> {
    const nitro = new Daemon({ services, delays, patienceMs: 30_000 });
    await nitro.start();
    for (const name of names) await nitro.waitState(name, 'UP');
    return new Subject(nitro, await Datagrams.open([`${nitro.notify}/crash,peer`]));
  }

  get descriptors(): number {
    return descriptorsOf(this.nitro.pid).size;
  }

  /** Everything that nitro does, once. No answer is waited for. */
  private async exercise(): Promise<void> {
    const { nitro, peer } = this;
    const pid = await this.pidOf('crash');
    peer.send(0, packet(Tag.INFO), nitro.socket);
    killHard(pid);
    for (const [tag, payload] of [[Tag.RESTART, 'again'], [Tag.RESTART, 'told'], [Tag.DOWN, 'turned'], [Tag.RESCAN, ''], [Tag.LIST, ''], [Tag.QUERY, 'crash'], [Tag.SIGNAL, '\x01log'], [Tag.UP, 'turned']] as const)
      peer.send(0, packet(tag, payload), nitro.socket);
    await this.back([pid]);
  }

  /** The pid of a service, once it has one. */
  private async pidOf(name: string): Promise<number> {
    return await this.nitro.waitFor(`${name} has a pid`, async () => (await this.nitro.pidOf(name)) || undefined);
  }

  /** Wait, without a request, until as many children as there are services run, and none of these. */
  private async back(gone: readonly number[]): Promise<void> {
    const { nitro } = this;
    let since = 0;
    await nitro.waitFor('all services run again, unasked', () => {
      if (nitro.exit) throw new Error(`nitro ended with ${JSON.stringify(nitro.exit)}`);
      const children = childrenOf(nitro.pid);
      if (children.length !== names.length || children.some((pid) => gone.includes(pid)) || zombiesOf(nitro.pid).length > 0) since = 0;
      else if (since === 0) since = performance.now();
      if (since === 0) throw new Error(`${String(children.length)} children of ${String(names.length)}, ${String(zombiesOf(nitro.pid).length)} zombies`);
      return performance.now() - since > 150;
    }, { withinMs: 45_000 });
  }

  /** One fault. What was lost, null: nothing; and whether the fault came. */
  async suffer(fault: Fault, isClaim: boolean, inChildren: boolean): Promise<{ readonly came: boolean; readonly lost: string | null }> {
    const { nitro } = this;
    const file = `${nitro.base}/trace`;
    const where = inChildren ? 'in each child' : 'while nitro runs';
    let came = false;
    // An answer that was refused is not sent again: who asked asks again.
    const prodding = isClaim && fault.call === 'sendto' ? setInterval(() => nitro.prod(), 500) : undefined;
    try {
      const before = this.descriptors;
      const injection = await Injection.to(nitro.pid, fault, file, { children: inChildren });
      let problem: Error | null = null;
      try {
        if (inChildren || isClaim) {
          nitro.send(packet(Tag.RESTART, 'again'));
          nitro.send(packet(Tag.RESTART, 'told'));
          nitro.send(packet(Tag.RESCAN));
          await nitro.waitFor('the fault comes', () => injection.came, { withinMs: 3000 }).catch(() => undefined);
        }
        if (!inChildren) await this.exercise();
      } catch (error) {
        problem = error instanceof Error ? error : new Error(String(error));
      }
      came = await injection.detach();
      if (problem !== null && !isClaim) throw problem;
      if (nitro.exit) throw new Error(`nitro ended with ${JSON.stringify(nitro.exit)}`);
      if (isClaim) {
        nitro.send(packet(Tag.RESCAN));
        // Not UP: who was told that there is no `run` has a ONESHOT.
        for (const name of names) nitro.send(packet(Tag.RESTART, name));
      }
      await this.back([]);
      for (const name of names) await nitro.waitState(name, 'UP');
      await nitro.waitFor('no descriptor is left open', () => {
        if (this.descriptors > before) throw new Error([...descriptorsOf(nitro.pid)].join(' '));
        return true;
      });
      return { came, lost: null };
    } catch (error) {
      return { came, lost: `${wordsOf(fault)} ${where}: ${messageOf(error)}; stderr: ${nitro.stderr.slice(-400)}` };
    } finally {
      clearInterval(prodding);
    }
  }

  async end(): Promise<void> {
    await this.peer.close();
    await this.nitro.destroy();
  }
}

/** All faults of a nitro that runs, or of some calls and the first few of each. */
export async function faultsWhileRunning(
  limits: Limits,
  inChildren: boolean,
  { calls, most = 60, errnos = Infinity }: { readonly calls?: readonly string[]; readonly most?: number; readonly errnos?: number } = {},
): Promise<Finding> {
  const table: Readonly<Record<string, Errors>> = inChildren ? errorsOfChild : errorsOf;
  const jobs = Object.entries(table).flatMap(([call, { passing, claims = [] }]) => [
    ...passing.slice(0, errnos).map((errno) => ({ call, errno, isClaim: false })),
    ...claims.slice(0, errnos).map((errno) => ({ call, errno, isClaim: true })),
  ]).filter(({ call }) => calls?.includes(call) !== false);
  const lost: string[] = [];
  const seen = new Set<string>();
  let times = 0;
  const subjects: (Subject | undefined)[] = [];
  const begun = await inTurns(jobs, 6, limits, async ({ call, errno, isClaim }, worker) => {
    for (let when = 1; when <= most; when++) {
      let subject = (subjects[worker] ??= await Subject.started());
      const { came, lost: one } = await subject.suffer({ call, errno, when }, isClaim, inChildren);
      if (came) {
        times += 1;
        seen.add(call);
      }
      if (one !== null) {
        lost.push(one);
        await subject.end();
        subject = subjects[worker] = await Subject.started();
      }
      if (!came || performance.now() >= limits.untilMs) break;
    }
  });
  for (const subject of subjects) await subject?.end();
  const rest = begun < jobs.length ? `; ${String(jobs.length - begun)} of ${String(jobs.length)} calls with errors not begun in the time` : '';
  return {
    what: inChildren ? 'a system call fails in each new child between fork and exec' : 'a system call fails once while nitro runs',
    times, lost, note: `calls: ${[...seen].join(' ')}${rest}`,
  };
}
