/** Deadlines come out in order, whatever is started, moved and cancelled in between. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Timers } from '../../runtime/timers.js';
import type { Timed } from '../../runtime/timers.js';

type Step = { readonly what: 'start'; readonly owner: number; readonly at: number } | { readonly what: 'cancel'; readonly owner: number } | { readonly what: 'take'; readonly now: number };

const ownerCount = 12;
const steps = fc.array(
  fc.oneof(
    fc.record({ what: fc.constant('start' as const), owner: fc.nat(ownerCount - 1), at: fc.nat(50) }),
    fc.record({ what: fc.constant('cancel' as const), owner: fc.nat(ownerCount - 1) }),
    fc.record({ what: fc.constant('take' as const), now: fc.nat(50) }),
  ),
  { maxLength: 200 },
);

test('as a plain list of deadlines would', () => {
  fc.assert(
    fc.property(steps, (all: readonly Step[]) => {
      const owners: readonly Timed[] = Array.from({ length: ownerCount }, () => ({ deadline: 0, heapIndex: -1 }));
      const timers = new Timers<Timed>();
      const plain = new Map<Timed, number>();
      for (const step of all) {
        const earliest = Math.min(...plain.values());
        if (step.what === 'take') {
          const taken = timers.takeDue(step.now);
          if (earliest > step.now) expect(taken).toBeNull();
          else {
            expect(taken).not.toBeNull();
            if (taken === null) return;
            expect(plain.get(taken)).toBe(earliest);
            plain.delete(taken);
          }
        } else {
          const owner = owners[step.owner];
          if (owner === undefined) return;
          if (step.what === 'start') {
            timers.start(owner, step.at);
            plain.set(owner, step.at);
          } else {
            timers.cancel(owner);
            plain.delete(owner);
          }
        }
        const next = Math.min(...plain.values());
        expect(timers.next()).toBe(next === Infinity ? null : next);
        for (const owner of owners) expect(owner.heapIndex !== -1).toBe(plain.has(owner));
      }
    }),
    { numRuns: 500 },
  );
});
