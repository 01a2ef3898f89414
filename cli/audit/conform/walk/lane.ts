/**
 * The lane of a walk on a foreign daemon: it goes on where an announcement is missing, and notes that.
 *
 * The reference leaves announcements out; a lane that stopped there would see little else. So where the state is what it should be and fewer
 * announcements came than should have, what is missing is noted, and the lane goes on as if it had been announced. An announcement of something
 * else is a difference as ever.
 */
import { existsSync } from 'node:fs';
import { Lane } from '../../../../model-tests/walk/binary/lane.js';
import { now, pause } from '../../../../model-tests/walk/binary/time.js';
import type { Deed, World } from '../../../../model-tests/walk/binary/world.js';
import type { Listed } from '../../../../tests/end-to-end/harness/wire.js';

/** How long announcements may come later than nitro is asked again, ms. */
const lagMs = 200;
/** The same, where nothing else than time shows that nitro is done. */
const sameLagMs = 3000;

export interface Tolerance {
  /** QUERY tells the pids of `setup` and `finish`. */
  readonly tellsScripts: boolean;
  /** Announcements are missing that a deed should have led to. */
  readonly missing: (states: readonly string[], world: World, deed: Deed) => void;
}

/** What should have been announced and was not, if what was is otherwise as it should be; null: it is not. */
export function leftOut(expected: readonly string[], announced: readonly string[]): readonly string[] | null {
  const missing: string[] = [];
  let at = 0;
  for (const state of expected) {
    if (announced[at] === state) at += 1;
    else missing.push(state);
  }
  return at === announced.length ? missing : null;
}

/** A class of lanes with this tolerance. */
export function tolerantLane({ tellsScripts, missing }: Tolerance): typeof Lane {
  return class extends Lane {
    protected override async seen(deed: Deed): Promise<void> {
      const { announced } = this.cast;
      const { stimulus, to } = deed;
      // Where QUERY does not tell it, that the end of a script was noticed shows by its process being gone.
      const script = this.actor;
      if (!tellsScripts && script !== undefined && (stimulus.kind === 'exit' || stimulus.kind === 'release')) await this.reaped(script.pid);
      const due = Math.max(now(), stimulus.kind === 'wait' ? this.time.dueUntil(stimulus.delay) : 0);
      // A state that is the same before and after shows by nothing but time that the deed is over.
      const isSame = this.should(this.world) === this.should(to);
      const until = now() + this.around.patienceMs;
      let next = due + (isSame ? sameLagMs : lagMs);
      while (announced.length < this.expected.length && now() < until) {
        await pause(2);
        // What is announced wrongly is seen at once.
        if (announced.length > 0 && leftOut(this.expected, announced) === null) break;
        if (now() < next) continue;
        next = now() + lagMs;
        // The reply comes behind whatever was announced before it.
        const isThere = this.show(await this.ask()) === this.should(to);
        const states = leftOut(this.expected, announced);
        if (!isThere || states === null || states.length === 0) continue;
        missing(states, this.world, deed);
        this.expected = [...announced];
      }
      if (announced.length < this.expected.length) {
        throw new Error(leftOut(this.expected, announced) === null ? 'something else was announced' : 'not in time: an announcement');
      }
      this.compareAnnounced();
    }

    private async reaped(pid: number): Promise<void> {
      const until = now() + this.around.patienceMs;
      while (existsSync(`/proc/${String(pid)}`) && now() < until && !this.cast.isLost) await pause(2);
    }

    protected override show(found: Listed): string {
      return super.show(tellsScripts ? found : { ...found, setupPid: 0, finishPid: 0 });
    }

    protected override should(world: World): string {
      const shown = super.should(world);
      return tellsScripts ? shown : shown.replace('setup true', 'setup false').replace('finish true', 'finish false');
    }
  };
}
