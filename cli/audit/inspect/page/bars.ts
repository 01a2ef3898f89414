/** What of a lane of the timeline is to be seen. */
import type { Lane } from '../messages.js';

interface Bar {
  readonly state: string;
  readonly from: number;
  readonly to: number;
}

/** The part of a lane that is between two times. */
export function bars({ spans }: Lane, begin: number, end: number): readonly Bar[] {
  return spans.flatMap(({ t, state }, index) => {
    const until = spans[index + 1]?.t ?? end;
    const [from, to] = [Math.max(t, begin), Math.min(until, end)];
    return state === null || to < from || until < begin ? [] : [{ state, from, to }];
  });
}
