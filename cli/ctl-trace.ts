/**
 * The dialogues that follow a daemon: what the present is, and every change from there on (docs/trace.md).
 *
 * Theory of operation. A daemon of ours tells its steps to those who ask (TRACE), with numbers, so that what got lost is known and counted;
 * what the machines' leaves are is asked for at the start and after a loss (LEAVES). The request is the reminder too: its answer has the
 * number of the next step, so a loss is noticed within a second also when nothing happens any more, and a daemon that
 * was executed anew is followed on. Any other daemon tells states only: all announcements are heard, and the list is asked for
 * once a second, which shows what was missed. Pages of a list may have changes between them: what a page said is kept up to date until all
 * pages are there.
 */
import type { Bytes } from '../runtime/os.js';
import { everyService } from '../runtime/paths.js';
import { encodeRequest, State, stateNames } from '../runtime/protocol.js';
import { decodeReplies, type Fields, type Item, type Step } from '../runtime/wire-replies.js';
import type { Dialogue } from './ctl-converse.js';

/** Something that was seen. */
export type Sight =
  | { readonly kind: 'step'; readonly step: Step }
  | { readonly kind: 'state'; readonly name: Bytes; readonly state: number }
  /** All there is now. The system's leaf, if the daemon tells. */
  | { readonly kind: 'present'; readonly services: readonly Readonly<Fields>[]; readonly system: string | null }
  /** Steps that were missed; null: nobody knows how many changes were. */
  | { readonly kind: 'lost'; readonly count: number | null };

/** Told what is seen. `settled` is called when all that had arrived was told: time to write it. */
export interface Witness {
  readonly saw: (sight: Sight) => void;
  readonly settled: () => void;
  /** Nothing can be told any more. */
  readonly isGone: () => boolean;
}

/** A list that comes page by page, while things change. */
class Pages {
  private readonly byName = new Map<Bytes, Fields>();
  system: string | null = null;
  /** Services in the pages so far: where the next one begins. */
  received = 0;

  /** The services of a page; false: it says nothing new, so that was all. */
  add(services: readonly Readonly<Fields>[]): boolean {
    const before = this.byName.size;
    this.received += services.length;
    for (const fields of services) if (fields.name !== undefined) this.byName.set(fields.name, { ...fields });
    return this.byName.size > before;
  }

  /** A service that a page has told of has changed since. */
  change(name: Bytes, state: number, leaf: string | null): void {
    const fields = this.byName.get(name);
    if (fields === undefined) return;
    fields.state = state;
    if (leaf !== null) fields.leaf = leaf;
  }

  /** Sorted by the bytes of the names. */
  services(): readonly Readonly<Fields>[] {
    const names = Array.from(this.byName.keys()).sort();
    return names.map((name) => this.byName.get(name) ?? { name });
  }
}

/** Missed by so much, a number is taken for that of a daemon that began anew. */
const lostMax = 0x7fffffff;

/** Follow the steps. */
export class StepsDialogue implements Dialogue {
  readonly listensTo = '';
  readonly opening = encodeRequest({ kind: 'trace' });
  /** Why it cannot be followed so. */
  refused: 'unknownCommand' | 'tooMany' | null = null;
  /** Number of the step that comes next; null: not known yet. */
  private next: number | null = null;
  /** While the leaves are asked for. */
  private pages: Pages | null = null;

  /** `begins` is called when the daemon has agreed, before anything is told. */
  constructor(
    private readonly witness: Witness,
    private readonly begins: () => void,
  ) {}

  /** Has the daemon agreed? */
  get isFollowing(): boolean {
    return this.next !== null;
  }

  over(): boolean {
    return this.refused !== null || this.witness.isGone();
  }

  reminder(): Bytes {
    return this.pages === null ? this.opening : this.nextPage(this.pages);
  }

  settle(): void {
    this.witness.settled();
  }

  hear(datagram: Bytes): Bytes | null {
    let answer: Bytes | null = null;
    const services: Readonly<Fields>[] = [];
    let isAwaited = false;
    for (const item of decodeReplies(datagram)) {
      if (item.kind === 'service') services.push(item.fields);
      else if (item.kind === 'page') isAwaited = item.start === this.pages?.received;
      // Not where steps are missing before it: then all is asked for anew.
      else if (item.kind === 'fields' && item.fields.leaf !== undefined && isAwaited) answer ??= this.takePage(services, item.fields.leaf);
      else answer = this.take(item) ?? answer;
    }
    return answer;
  }

  private take(item: Item): Bytes | null {
    switch (item.kind) {
      case 'steps':
        return this.takeNumber(item.next);
      case 'step':
        this.takeStep(item.step);
        return null;
      case 'noSuchService':
        this.refused = 'tooMany';
        return null;
      case 'unknownCommand':
        this.refused = 'unknownCommand';
        return null;
      case 'ok':
      case 'announcement':
      case 'service':
      case 'page':
      case 'fields':
        return null;
    }
  }

  /** The next step has this number. What must be asked for, if some are missing. */
  private takeNumber(number: number): Bytes | null {
    const missing = this.next === null ? 0 : (number - this.next) >>> 0;
    const isNew = this.next === null || missing > 0;
    if (this.next === null) this.begins();
    this.next = number;
    if (missing > 0) this.witness.saw({ kind: 'lost', count: missing > lostMax ? null : missing });
    if (!isNew) return null;
    this.pages = new Pages();
    return this.nextPage(this.pages);
  }

  private takeStep(step: Step): void {
    if (this.next === null) return;
    this.next = (this.next + 1) >>> 0;
    if (step.name === '') {
      if (this.pages !== null) this.pages.system = step.to;
    } else this.pages?.change(step.name, stateOfLeaf(step.to), step.to);
    this.witness.saw({ kind: 'step', step });
  }

  private takePage(services: readonly Readonly<Fields>[], system: string): Bytes | null {
    const { pages } = this;
    if (pages === null) return null;
    pages.system = system;
    if (pages.add(services)) return this.nextPage(pages);
    this.witness.saw({ kind: 'present', services: pages.services(), system: pages.system });
    this.pages = null;
    return null;
  }

  private nextPage(pages: Pages): Bytes {
    return encodeRequest({ kind: 'leaves', start: pages.received });
  }
}

/** The part of a leaf's name that is its state. */
function stateOfLeaf(leaf: string): number {
  const dot = leaf.indexOf('.');
  return Math.max(0, stateNames.indexOf(dot < 0 ? leaf : leaf.slice(0, dot)));
}

/**
 * So many services are listed by every daemon: the reference dies of a list that is longer than its buffer, some 4000 bytes, and names may
 * have 63 (protocol.md, Replies).
 */
const listedMax = 40;
/** States that the reference enters without an announcement (behaviour.md §3, §7). */
const silent: readonly number[] = [State.DELAY, State.RESTART, State.SHUTDOWN, State.STARTING];

/** Follow the announcements. */
export class StatesDialogue implements Dialogue {
  readonly listensTo = everyService;
  readonly opening = encodeRequest({ kind: 'info' });
  private mayList = false;
  private hasListed = false;
  private pages: Pages | null = null;
  /** As announced, or as listed last. */
  private readonly known = new Map<Bytes, number>();

  constructor(private readonly witness: Witness) {}

  over(): boolean {
    return this.witness.isGone();
  }

  reminder(): Bytes {
    return this.opening;
  }

  settle(): void {
    this.witness.settled();
  }

  hear(datagram: Bytes): Bytes | null {
    let answer: Bytes | null = null;
    const services: Readonly<Fields>[] = [];
    for (const item of decodeReplies(datagram)) {
      if (item.kind === 'announcement') this.takeState(item.name, item.state);
      else if (item.kind === 'service') services.push(item.fields);
      else if (item.kind === 'fields') answer = this.takeInfo(item.fields) ?? answer;
    }
    if (services.length > 0 || datagram === '') answer = this.takePage(services) ?? answer;
    return answer;
  }

  private takeState(name: Bytes, state: number): void {
    this.known.set(name, state);
    this.pages?.change(name, state, null);
    this.witness.saw({ kind: 'state', name, state });
  }

  private takeInfo({ maxService }: Readonly<Fields>): Bytes | null {
    if (maxService === undefined) return null;
    this.mayList = maxService <= listedMax;
    if (!this.mayList) return null;
    this.pages = new Pages();
    return encodeRequest({ kind: 'list', start: 0 });
  }

  private takePage(services: readonly Readonly<Fields>[]): Bytes | null {
    const { pages } = this;
    if (pages === null) return null;
    if (pages.add(services)) return encodeRequest({ kind: 'list', start: pages.received });
    this.pages = null;
    this.compare(pages.services());
    return null;
  }

  /** What the list says against what was heard. */
  private compare(services: readonly Readonly<Fields>[]): void {
    const differing = services.filter(({ name = '', state = 0 }) => this.known.get(name) !== state);
    const missed = differing.filter(({ name = '', state = 0 }) => this.known.has(name) && !silent.includes(state));
    const listed = new Set(services.map(({ name = '' }) => name));
    const vanished = Array.from(this.known.keys()).filter((name) => !listed.has(name));
    const unheard = vanished.filter((name) => this.known.get(name) !== State.DOWN);
    for (const name of vanished) this.known.delete(name);
    for (const { name = '', state = 0 } of services) this.known.set(name, state);
    if (this.hasListed && missed.length + unheard.length > 0) this.witness.saw({ kind: 'lost', count: null });
    if (!this.hasListed || differing.length + unheard.length > 0) this.witness.saw({ kind: 'present', services, system: null });
    this.hasListed = true;
  }
}
