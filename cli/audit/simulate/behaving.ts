/**
 * How each script behaves in its next life: as the behaviour file says, else as scripts usually do.
 *
 * `setup` exits 0 after 100 ms, `finish` after 50, those of SYS after 100. `run` stays until it is signalled, and tells that it is ready after 100 ms
 * if it has a descriptor for that. A logger reads what comes, and on its signal reads the rest before it exits. A script that could not be
 * executed cannot be here either, unless the file describes it.
 */
import type { ErrorName } from '../../../model-tests/sim/errors.js';
import type { Behaviour } from '../../../model-tests/sim/scenario.js';
import { directoryOfService } from '../../../runtime/directory.js';
import type { Bytes } from '../../../runtime/os.js';
import type { Facts } from '../check/facts.js';
import { usualMs } from './lives.js';
import { execErrorOf } from './load.js';
import { matches, narrowness } from './story.js';
import type { Manner, Story } from './story.js';

const readyMs = 100;
const readMs = 1;

export class Behaving {
  private readonly lives = new Map<string, number>();
  private readonly errors = new Map<string, ErrorName>();
  private readonly loggers = new Set<Bytes>();

  constructor(
    private readonly facts: Facts,
    private readonly story: Story,
  ) {
    for (const { path, entry } of facts.scripts) {
      const error = execErrorOf(entry, facts.snapshot);
      if (error !== null) this.errors.set(path, error);
    }
    // An instance that comes later is a logger too if others of its template are.
    for (const { directory, isLogger } of facts.plan.services.values()) if (isLogger) this.loggers.add(directory);
  }

  /** What the script does in the life that begins now. */
  next(service: Bytes, script: string): Behaviour {
    const manner = this.mannerOf(service, script);
    const usual = this.usual(service, script);
    if (manner === null) {
      const error = this.errors.get(`${directoryOfService(service)}/${script}`);
      return error === undefined ? usual : { fails: error };
    }
    const key = `${service}/${script}`;
    const count = this.lives.get(key) ?? 0;
    this.lives.set(key, count + 1);
    const life = manner.lives[Math.min(count, manner.lives.length - 1)] ?? {};
    return withoutNever({ ...usual, ...life });
  }

  private mannerOf(service: Bytes, script: string): Manner | null {
    let best: Manner | null = null;
    for (const manner of this.story.manners) {
      if (manner.script !== script || !matches(manner.service, service)) continue;
      if (best === null || narrowness(manner.service) > narrowness(best.service)) best = manner;
    }
    return best;
  }

  private usual(service: Bytes, script: string): Behaviour {
    const lasts = usualMs[script];
    if (lasts !== undefined) return { lasts };
    const { notificationFd = null } = this.facts.plan.services.get(service) ?? {};
    const ready = notificationFd !== null && notificationFd > 0 ? { ready: { at: readyMs, text: '\n' } } : {};
    return this.loggers.has(directoryOfService(service)) ? { ...ready, reads: readMs, onSignal: 'drains' } : ready;
  }
}

/** `never ready` takes the usual readiness away. */
function withoutNever(behaviour: Behaviour): Behaviour {
  const { ready, ...rest } = behaviour;
  return ready === undefined || ready.at === Infinity ? rest : behaviour;
}
