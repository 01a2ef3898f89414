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
  /**
   * `late`: a timer was faster than the lane; `astray`: and besides something else was seen than should be, for which the timer may be the reason.
   * `lost`: the daemon ended or hung meanwhile.
   */
  readonly outcome: 'done' | 'late' | 'astray' | 'differs' | 'lost';
  /** All was done, and the daemon went when the service was brought down after that. */
  readonly isLeft: boolean;
  readonly message: string;
  /** In which of two ways it was walked. */
  readonly variety: number;
}

export interface Performance {
  readonly walked: readonly Walked[];
  /** How the daemon went, if it did. */
  readonly loss: Ended | Hung | null;
  /** What was wrong at the end of a daemon that did not go. */
  readonly aftermath: string | null;
}

const watchMs = 400;
const lookMs = 20;

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
        if (lost() !== null) break;
        const before = { leaving: false };
        const outcomes = await troupe.walk(part, async (all) => {
          // A daemon that is gone may show by failures before its end is seen.
          if (all.some(({ error }) => error !== null)) await watch.look();
          before.leaving = lost() !== null;
        });
        await watch.look();
        const isLeft = !before.leaving && lost() !== null;
        walked.push(...outcomes.map((outcome) => judge(outcome, before.leaving, isLeft)));
      }
      // What is gone cannot be asked to end.
      const gone = lost();
      if (gone !== null) throw gone;
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
  const notBegun = missing.map((path): Walked => ({ path, done: [], outcome: 'late', isLeft: false, message: 'not begun', variety: 0 }));
  return { walked: [...walked, ...notBegun], loss, aftermath };
}

function judge({ lane, path, error }: Outcome, isLost: boolean, isLeft: boolean): Walked {
  const about = { path, done: lane.done, message: error?.message ?? '', variety: lane.variety };
  if (isLeft && error === null) return { ...about, outcome: 'lost', isLeft };
  return { ...about, outcome: outcomeOf(error, isLost), isLeft: false };
}

function outcomeOf(error: Error | null, isLost: boolean): Walked['outcome'] {
  if (error === null) return 'done';
  if (isLost) return 'lost';
  if (!(error instanceof TooSlow)) return 'differs';
  return error.mayDiffer ? 'astray' : 'late';
}

interface Watch {
  readonly end: () => void;
  /** Find out whether it is still there. */
  readonly look: () => Promise<void>;
}

/**
 * See that the daemon lives and answers; when it does not, end all waiting. One that hangs is killed: nothing more can be learnt from it, and everything
 * that is still asked of it would be waited for as long again.
 */
function watchOver({ nitro, stage }: Troupe, patienceMs: number, found: (reason: Ended | Hung) => void): Watch {
  let isOver = false;
  let asked: number | null = null;
  let answers = 0;
  const lose = (reason: Ended | Hung): void => {
    end();
    found(reason);
    stage.abandon(reason);
  };
  const look = (): void => {
    if (isOver) return;
    if (nitro.exit !== undefined) lose(howItEnded(nitro));
    else if (asked !== null && performance.now() > asked + patienceMs) {
      lose(new Hung('nitro does not answer any more'));
      nitro.signal('SIGKILL');
    } else if (asked === null) {
      asked = performance.now();
      // Only an answer counts: that none comes is seen by the time.
      void nitro.request(packet(Tag.INFO)).then(
        () => {
          asked = null;
          answers += 1;
        },
        () => undefined,
      );
    }
  };
  const timer = setInterval(look, watchMs);
  const end = (): void => {
    isOver = true;
    clearInterval(timer);
  };
  // The answer to what was asked before may have come before it went.
  const lookNow = async (): Promise<void> => {
    for (const before = answers; !isOver && answers < before + 2; ) {
      await pause(lookMs);
      look();
    }
  };
  return { end, look: lookNow };
}
