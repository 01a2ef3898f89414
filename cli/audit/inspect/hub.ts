/**
 * The viewers of our page, and what each is to be told next.
 *
 * Theory of operation. A change only notes that a row differs; some 60 times a second each viewer is sent the rows that differ, as they are by
 * then, and the happenings of what it watches. So a flood of changes costs a viewer no more than its rows. One that takes them too slowly is
 * skipped until it has caught up; if happenings had to be dropped, its past is sent anew.
 */
import type { Inspection } from './inspection.js';
import type { Inspectors } from './inspectors.js';
import type { Happening, Hello, Subject, ToPage } from './messages.js';
import type { Listener } from './model.js';

const flushMs = 16;
/** Bytes that a viewer has not taken. */
const backlogMax = 4 * 1024 * 1024;
/** Happenings that wait for a viewer. */
const moreMax = 500;

/** How a viewer is reached. */
export interface Connection {
  readonly send: (message: ToPage) => void;
  /** Bytes on the way. */
  readonly backlog: () => number;
}

class Viewer {
  readonly rows = new Set<string>();
  readonly gone = new Set<string>();
  more: Happening[] = [];
  subject: Subject | null = null;
  /** Its past must be sent. */
  mustShowPast = false;
  /** The logger of the subject when its past was sent; undefined: there was no such service. */
  logger: string | null | undefined;
  system: string | null = null;
  detach: (() => void) | null = null;

  constructor(readonly connection: Connection) {}

  get hasNews(): boolean {
    return this.rows.size > 0 || this.gone.size > 0 || this.more.length > 0 || this.mustShowPast;
  }
}

export class Hub implements Listener {
  private readonly viewers = new Map<string, Viewer>();
  private timer: NodeJS.Timeout | null = null;
  private made = 0;

  constructor(
    private readonly inspection: Inspection,
    private readonly inspectors: Inspectors,
    private readonly about: Omit<Hello, 'kind' | 'viewer'>,
  ) {
    inspection.model.listen(this);
    inspection.renewed = () => this.renew();
  }

  /** A viewer came. Returns what ends it. */
  attach(connection: Connection): () => void {
    const id = String(++this.made);
    const viewer = new Viewer(connection);
    this.viewers.set(id, viewer);
    connection.send({ kind: 'hello', viewer: id, ...this.about });
    this.sendAll(viewer);
    return () => {
      viewer.detach?.();
      this.viewers.delete(id);
    };
  }

  /** What the viewer looks at now. False: there is no such viewer. */
  watch(id: string, subject: Subject): boolean {
    const viewer = this.viewers.get(id);
    if (viewer === undefined) return false;
    viewer.subject = subject;
    this.sendPast(viewer);
    return true;
  }

  /** Send the viewer what an inspector is told, from the beginning; or no more. False: there is no such viewer. */
  inspect(id: string, isOn: boolean): boolean {
    const viewer = this.viewers.get(id);
    if (viewer === undefined) return false;
    viewer.detach?.();
    viewer.detach = isOn ? this.inspectors.attach((messages) => viewer.connection.send({ kind: 'inspector', messages })) : null;
    return true;
  }

  happened(happening: Happening): void {
    const { model } = this.inspection;
    for (const viewer of this.viewers.values()) {
      if (happening.machine === 'service') viewer.rows.add(happening.service);
      if (viewer.subject === null || !model.concerns(viewer.subject, happening)) continue;
      viewer.more.push(happening);
      if (viewer.more.length <= moreMax) continue;
      viewer.more = [];
      viewer.mustShowPast = true;
    }
    this.plan();
  }

  updated(name: string): void {
    for (const viewer of this.viewers.values()) {
      viewer.gone.delete(name);
      viewer.rows.add(name);
    }
    this.plan();
  }

  gone(name: string): void {
    for (const viewer of this.viewers.values()) {
      viewer.rows.delete(name);
      viewer.gone.add(name);
    }
    this.plan();
  }

  /** Say everything again. */
  private renew(): void {
    for (const viewer of this.viewers.values()) this.sendAll(viewer);
  }

  private sendAll(viewer: Viewer): void {
    viewer.rows.clear();
    viewer.gone.clear();
    const all = this.inspection.all();
    viewer.system = all.system;
    viewer.connection.send(all);
    if (viewer.subject !== null) this.sendPast(viewer);
  }

  private sendPast(viewer: Viewer): void {
    const { subject } = viewer;
    const { model } = this.inspection;
    viewer.more = [];
    viewer.mustShowPast = false;
    if (subject === null) return;
    viewer.logger = subject.kind === 'system' ? null : model.row(subject.name)?.logger;
    viewer.connection.send({ kind: 'watched', subject, past: model.past(subject), spans: model.lanes(subject) });
  }

  private plan(): void {
    if (this.timer !== null || this.viewers.size === 0) return;
    this.timer = setTimeout(() => {
      this.timer = null;
      for (const viewer of this.viewers.values()) this.flush(viewer);
      if ([...this.viewers.values()].some((viewer) => viewer.hasNews)) this.plan();
    }, flushMs);
  }

  private flush(viewer: Viewer): void {
    const { inspection } = this;
    const { model } = inspection;
    if (viewer.connection.backlog() > backlogMax) return;
    const { subject } = viewer;
    if (viewer.rows.size > 0 || viewer.gone.size > 0 || viewer.system !== model.system) {
      const rows = [...viewer.rows].flatMap((name) => model.row(name) ?? []);
      viewer.connection.send({ kind: 'some', t: inspection.shown, rows, gone: [...viewer.gone], system: model.system });
      viewer.rows.clear();
      viewer.gone.clear();
      viewer.system = model.system;
    }
    const hasOtherLogger = subject?.kind === 'service' && model.row(subject.name)?.logger !== viewer.logger;
    if (viewer.mustShowPast || hasOtherLogger) this.sendPast(viewer);
    else if (viewer.more.length > 0) {
      viewer.connection.send({ kind: 'more', happenings: viewer.more });
      viewer.more = [];
    }
  }
}
