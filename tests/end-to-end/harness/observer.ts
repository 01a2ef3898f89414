/**
 * What a test says to a nitro and hears from it, without nitroctl: requests and their replies, and announcements.
 *
 * Two sockets stand in `notify/` before nitro starts, so that nothing is missed: `ALL,test` (socket 0) hears every
 * announcement, `,test` (socket 1) sends requests and gets the replies. A third one, elsewhere, hears only ourselves: as the tool
 * takes its sockets in order, what comes in there shows that all that was sent to the others before has been recorded.
 */
import { Datagrams } from './datagrams.js';
import { waitFor, type Wait } from './wait.js';
import { OK, packet, parse, parseInfo, parseServices, STATES, Tag, type Listed, type State } from './wire.js';

/** An announcement that the listener received. */
export interface Announcement {
  readonly name: string;
  readonly state: State;
  readonly atMs: number;
}

export abstract class Observer {
  abstract readonly socket: string;
  abstract readonly notify: string;
  /** The end of the process, once it has ended. */
  abstract readonly exit: unknown;
  /** What happened, for failure messages. */
  abstract report(): string;

  protected sockets: Datagrams | undefined;
  private requests: Promise<unknown> = Promise.resolve();

  /** Bind the sockets, if they are not. */
  protected async observe(): Promise<void> {
    this.sockets ??= await Datagrams.open([`${this.notify}/ALL,test`, `${this.notify}/,test`, this.own]);
  }

  /** Wait until everything that nitro has sent so far is recorded. */
  async settle(): Promise<void> {
    const { sockets } = this;
    if (!sockets) return;
    const before = sockets.on(2).length;
    sockets.send('unbound', '00', this.own);
    await waitFor('all datagrams are recorded', () => sockets.on(2).length > before);
  }

  private get own(): string {
    return `${this.socket}.own`;
  }

  /** Send a request as it is; all replies to it, none if it is not answered. An error if it cannot be sent. An INFO behind it shows that it was taken in. */
  async ask(hex: string): Promise<readonly string[]> {
    const turn = this.requests.then(async () => {
      const { sockets } = this;
      if (!sockets) throw new Error('nitro was not started');
      const failures = (): Datagrams['failures'] => sockets.failures.filter(({ socket }) => socket === 1);
      const before = sockets.on(1).length;
      const failuresBefore = failures().length;
      const isInfo = hex.startsWith(packet(Tag.INFO));
      const isSentinel = (reply: string): boolean => parse(reply)[0]?.tag === Tag.NITRO_PID;
      sockets.send(1, hex, this.socket);
      if (!isInfo) sockets.send(1, packet(Tag.INFO), this.socket);
      const answer = await this.waitFor(`an answer to ${hex.slice(0, 80)}`, async () => {
        const isOver = failures().length > failuresBefore || this.exit !== undefined;
        if (isOver) await this.settle();
        const replies = sockets.on(1).slice(before).map((arrival) => arrival.hex);
        const end = replies.findIndex(isSentinel);
        if (end >= 0) return isInfo ? replies : replies.slice(0, end);
        return isOver && 'none';
      });
      if (answer === 'none') throw new Error(`no answer to ${hex.slice(0, 80)}: ${failures()[failuresBefore]?.text ?? 'nitro has ended'}`);
      return answer;
    });
    this.requests = turn.catch(() => undefined);
    return await turn;
  }

  /** The one reply to a request, null if there is none. */
  async request(hex: string): Promise<string | null> {
    return (await this.ask(hex))[0] ?? null;
  }

  /** Where the answer was lost that shows the end of a request, have another one come. */
  prod(): void {
    this.sockets?.send(1, packet(Tag.INFO), this.socket);
  }

  /** Send a packet from a socket that is bound to nothing; several at once are fine. No answer comes. */
  send(hex: string): void {
    this.sockets?.send('unbound', hex, this.socket);
  }

  /** The numbers of INFO by tag; undefined if nitro cannot be reached. */
  async info(): Promise<ReadonlyMap<number, number> | undefined> {
    const reply = await this.request(packet(Tag.INFO)).catch(() => null);
    return reply === null ? undefined : parseInfo(reply);
  }

  /** All services, by name. Follows the pages of LIST; from a nitro that has none the same page comes again. */
  async list(): Promise<ReadonlyMap<string, Listed>> {
    const all = new Map<string, Listed>();
    for (;;) {
      const start = Buffer.alloc(4);
      start.writeUInt32LE(all.size);
      const page = parseServices((await this.request(packet(Tag.LIST, all.size === 0 ? '' : start))) ?? '');
      const before = all.size;
      for (const one of page) all.set(one.name, one);
      if (all.size === before) return all;
    }
  }

  /** What QUERY tells about a service, undefined when it is unknown. */
  async query(name: string): Promise<Listed | undefined> {
    return parseServices((await this.request(packet(Tag.QUERY, name))) ?? '')[0];
  }

  /** Pid of a service, 0 when it has none. */
  async pidOf(name: string): Promise<number> {
    return (await this.query(name))?.pid ?? 0;
  }

  /** Ask for something to be done to a service, without waiting for it; an answer other than OK is an error. */
  async want(what: 'UP' | 'DOWN' | 'RESTART' | 'READY', name: string): Promise<void> {
    const reply = await this.request(packet(Tag[what], name));
    if (reply !== OK) throw new Error(`${what} ${name} was answered with ${reply}\n${this.report()}`);
  }

  /** Everything announced so far. */
  announcements(): readonly Announcement[] {
    return (this.sockets?.on(0) ?? []).flatMap(({ hex, atMs }) =>
      parse(hex).map(({ tag, payload }) => ({ name: payload.toString('latin1'), state: STATES[tag] ?? '?', atMs })),
    );
  }

  /** The states announced for a service, without repetitions in a row. */
  trace(name: string): readonly State[] {
    const states = this.announcements().flatMap((one) => (one.name === name ? [one.state] : []));
    return states.filter((state, index) => state !== states[index - 1]);
  }

  /** Wait until the trace of a service ends with `states`, or begins with them. */
  async waitTrace(name: string, states: readonly State[], from: 'start' | 'end' = 'start', wait: Wait = {}): Promise<void> {
    await this.waitFor(`${name} goes ${states.join(' ')}`, () => {
      const trace = this.trace(name);
      const part = from === 'start' ? trace.slice(0, states.length) : trace.slice(-states.length);
      if (part.join() !== states.join()) throw new Error(`trace: ${trace.join(' ')}`);
      return true;
    }, wait);
  }

  /** Wait until nitro says, when asked, that the service is in one of these states. */
  async waitState(name: string, ...states: readonly State[]): Promise<Listed> {
    return await this.waitFor(`${name} is ${states.join(' or ')}`, async () => {
      const now = await this.query(name);
      if (!now || !states.includes(now.state)) throw new Error(`is ${now?.state ?? 'unknown'}`);
      return now;
    });
  }

  /** `waitFor` whose failure shows what happened. */
  async waitFor<T>(what: string, condition: () => T | Promise<T>, wait: Wait = {}): Promise<Exclude<T, false | null | undefined>> {
    return await waitFor(what, condition, { report: () => this.report(), ...wait });
  }
}
