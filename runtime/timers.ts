/**
 * Deadlines, earliest first.
 *
 * A binary heap whose entries know their place, so that a timer is moved or cancelled in logarithmic time and nothing of a
 * cancelled one is left behind. An owner has one timer at most, because a leaf of a machine has one at most.
 */

/** Something that can have a deadline. */
export interface Timed {
  /** In ms of the monotonic clock; means something only while `heapIndex` is not -1. */
  deadline: number;
  /** Place in the heap; -1: no timer is running. */
  heapIndex: number;
}

export class Timers<Owner extends Timed> {
  private readonly heap: Owner[] = [];

  /** Start the timer of `owner`, or move the one that runs. */
  start(owner: Owner, deadline: number): void {
    if (owner.heapIndex === -1) {
      owner.heapIndex = this.heap.length;
      this.heap.push(owner);
    }
    owner.deadline = deadline;
    this.sift(owner);
  }

  cancel(owner: Owner): void {
    const index = owner.heapIndex;
    if (index === -1) return;
    owner.heapIndex = -1;
    const last = this.heap.pop();
    if (last === undefined || last === owner) return;
    this.heap[index] = last;
    last.heapIndex = index;
    this.sift(last);
  }

  /** The earliest deadline, or null. */
  next(): number | null {
    return this.heap[0]?.deadline ?? null;
  }

  /** Take the earliest owner whose deadline is not after `now`; its timer no longer runs. */
  takeDue(now: number): Owner | null {
    const first = this.heap[0];
    if (first === undefined || first.deadline > now) return null;
    this.cancel(first);
    return first;
  }

  /** Put an owner whose deadline changed where it belongs, up or down. */
  private sift(owner: Owner): void {
    const heap = this.heap;
    for (let above = (owner.heapIndex - 1) >> 1; owner.heapIndex > 0; above = (owner.heapIndex - 1) >> 1) {
      const parent = heap[above];
      if (parent === undefined || parent.deadline <= owner.deadline) break;
      this.swap(owner, parent);
    }
    for (;;) {
      const left = heap[2 * owner.heapIndex + 1];
      const right = heap[2 * owner.heapIndex + 2];
      const earlier = right !== undefined && left !== undefined && right.deadline < left.deadline ? right : left;
      if (earlier === undefined || earlier.deadline >= owner.deadline) return;
      this.swap(owner, earlier);
    }
  }

  private swap(a: Owner, b: Owner): void {
    const place = a.heapIndex;
    a.heapIndex = b.heapIndex;
    b.heapIndex = place;
    this.heap[a.heapIndex] = a;
    this.heap[b.heapIndex] = b;
  }
}
