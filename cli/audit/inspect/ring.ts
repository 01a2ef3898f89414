/** A list that keeps its last so many: the past is bounded. */
export class Ring<T> {
  private items: T[] = [];

  constructor(private readonly most: number) {}

  push(item: T): void {
    this.items.push(item);
    // Cut rarely, and then by half: a shift for each would copy the list each time.
    if (this.items.length >= 2 * this.most) this.items = this.items.slice(-this.most);
  }

  /** Oldest first. */
  last(): readonly T[] {
    return this.items.slice(-this.most);
  }

  get newest(): T | undefined {
    return this.items[this.items.length - 1];
  }
}
