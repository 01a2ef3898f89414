/**
 * Paths of the service machine, walked at the same time on one daemon, which is watched: if it ends or hangs, every lane is told at once.
 */
import type { Compiled } from '../../../../machines/compile.js';
import type { Daemon } from '../../../../tests/end-to-end/harness/daemon.js';
import { pause } from '../../../../tests/end-to-end/harness/wait.js';
import { packet, Tag } from '../../../../tests/end-to-end/harness/wire.js';
import { TooSlow } from '../../../../model-tests/walk/binary/options.js';
import type { WalkOptions } from '../../../../model-tests/walk/binary/options.js';
import type { Setting } from '../../../../model-tests/walk/binary/plan.js';
import { withSetting } from '../../../../model-tests/walk/binary/services.js';
import type { Outcome, Troupe } from '../../../../model-tests/walk/binary/services.js';
import type { Path } from '../../../../model-tests/walk/binary/plan.js';
import type { Deed } from '../../../../model-tests/walk/binary/world.js';
import { Ended, Hung } from '../finding.js';

/** What came of a path. */
export interface Walked {
  readonly path: Path;
  /** Deeds that were done as planned. */
  readonly done: readonly Deed[];
  /** `late`: a timer was faster than the lane. `lost`: the daemon ended or hung meanwhile. */
  readonly outcome: 'done' | 'late' | 'differs' | 'lost';
  readonly message: string;
}

export interface Performance {
  readonly walked: readonly Walked[];
  /** How the daemon went, if it did. */
  readonly loss: Ended | Hung | null;
  /** What was wrong at the end of a daemon that did not go. */
  readonly aftermath: string | null;
}

const watchMs = 400;

export function howItEnded({ exit, stderr }: Daemon): Ended {
  const said = stderr.split('\n').filter((line) => line !== '').slice(-3).join(' / ');
  const how = exit?.signal ?? `exit status ${String(exit?.code)}`;
  return new Ended(`nitro ended with ${how}${said === '' ? '' : `; its last words: ${said}`}`);
}

/** Walk paths on one daemon, in parts that are at most as large as given. */
export async function perform(
  compiled: Compiled,
  { setting, attempt, options }: { readonly setting: Setting; readonly attempt: number; readonly options: WalkOptions },
  parts: readonly (readonly Path[])[],
): Promise<Performance> {
  const walked: Walked[] = [];
  let loss: Ended | Hung | null = null;
  let aftermath: string | null = null;
  const lost = (): Ended | Hung | null => loss;
  const body = async (troupe: Troupe): Promise<void> => {
    const watch = watchOver(troupe, options.patienceMs ?? 15_000, (reason) => (loss = reason));
    try {
      for (const part of parts) {
        if (lost() !== null) walked.push(...part.map((path): Walked => ({ path, done: [], outcome: 'late', message: 'not begun' })));
        else {
          const outcomes = await troupe.walk(part);
          // A daemon that is gone may show by failures before its end is seen.
          if (outcomes.some(({ error }) => error !== null)) await watch.look();
          walked.push(...outcomes.map((outcome) => judge(outcome, lost() !== null)));
        }
      }
    } finally {
      watch.end();
    }
  };
  try {
    await withSetting(compiled, { setting, attempt, options }, body);
  } catch (error) {
    if (lost() === null) aftermath = error instanceof Error ? (error.message.split('\n---')[0] ?? '') : String(error);
  }
  const seen = new Set(walked.map(({ path }) => path));
  const missing = parts.flat().filter((path) => !seen.has(path));
  return { walked: [...walked, ...missing.map((path): Walked => ({ path, done: [], outcome: 'late', message: 'not begun' }))], loss, aftermath };
}

function judge({ lane, path, error }: Outcome, isLost: boolean): Walked {
  const outcome = error === null ? 'done' : error instanceof TooSlow ? 'late' : isLost ? 'lost' : 'differs';
  return { path, done: lane.done, outcome: error !== null && isLost ? 'lost' : outcome, message: error?.message ?? '' };
}

interface Watch {
  readonly end: () => void;
  /** Look whether it is still there. */
  readonly look: () => Promise<void>;
}

/** See that the daemon lives and answers; when it does not, end all waiting. */
function watchOver({ nitro, stage }: Troupe, patienceMs: number, found: (reason: Ended | Hung) => void): Watch {
  let isOver = false;
  let asked: number | null = null;
  const lose = (reason: Ended | Hung): void => {
    end();
    found(reason);
    stage.abandon(reason);
  };
  const look = (): void => {
    if (isOver) return;
    if (nitro.exit !== undefined) lose(howItEnded(nitro));
    else if (asked !== null && performance.now() > asked + patienceMs) lose(new Hung('nitro does not answer any more'));
    else if (asked === null) {
      asked = performance.now();
      // Only an answer counts: that none comes is seen by the time.
      void nitro.request(packet(Tag.INFO)).then(
        () => (asked = null),
        () => undefined,
      );
    }
  };
  const timer = setInterval(look, watchMs);
  const end = (): void => {
    isOver = true;
    clearInterval(timer);
  };
  const lookNow = async (): Promise<void> => {
    await pause(watchMs);
    look();
  };
  return { end, look: lookNow };
}
