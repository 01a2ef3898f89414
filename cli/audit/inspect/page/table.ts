/**
 * The table of services.
 *
 * Theory of operation. Only the rows that can be seen exist: a pool of elements, of which each shows the rows at its place modulo their number, so
 * that scrolling by one touches one. An element knows what it shows, and is touched only where that is different. The table itself has the
 * focus, and says by `aria-activedescendant` which row is the selected one.
 */
import { byId, html, setAttribute, setText } from './dom.js';
import type { Store } from './store.js';
import { duration } from './words.js';

const rowHeight = 26;
/** Rows beyond the edge. */
const spare = 4;

/** The logger of every service that names none: not worth a word in each row. */
function isForAll(logger: string): boolean {
  return logger === 'LOG' || logger.startsWith('LOG@');
}

interface Slot {
  readonly row: HTMLElement;
  readonly chip: HTMLElement;
  readonly name: HTMLElement;
  readonly mark: HTMLElement;
  readonly pid: HTMLElement;
  readonly since: HTMLElement;
  index: number;
}

function newSlot(id: number): Slot {
  const [chip, name, mark] = [html('span', { class: 'chip' }), html('span', { class: 'name' }), html('span', { class: 'mark' })];
  const [pid, since] = [html('span', { role: 'gridcell', class: 'number' }), html('span', { role: 'gridcell', class: 'number' })];
  const row = html(
    'div',
    { class: 'row', role: 'row', id: `row-${String(id)}` },
    html('span', { role: 'gridcell' }, chip),
    html('span', { role: 'gridcell', class: 'who' }, name, mark),
    pid,
    since,
  );
  return { row, chip, name, mark, pid, since, index: -1 };
}

export class Table {
  selected: string | null = null;
  private readonly table = byId('table', HTMLElement);
  private readonly rows = byId('rows', HTMLElement);
  private slots: Slot[] = [];
  /** What can be seen, kept: to ask the browser for it between changes would have it lay out the page each time. */
  private seen = { height: 0, top: 0 };

  constructor(
    private readonly store: Store,
    private readonly select: (name: string) => void,
    changed: () => void,
  ) {
    const look = (): void => {
      this.seen = { height: this.table.clientHeight, top: this.table.scrollTop };
      changed();
    };
    this.table.addEventListener('scroll', look, { passive: true });
    new ResizeObserver(look).observe(this.table);
    this.rows.addEventListener('click', (event) => this.clicked(event));
    this.table.addEventListener('keydown', (event) => this.pressed(event));
  }

  focus(): void {
    this.table.focus();
  }

  /** Select the row that is so many further down. */
  move(by: number): void {
    const names = this.store.visible();
    if (names.length === 0) return;
    const at = this.selected === null ? -1 : names.indexOf(this.selected);
    const to = at < 0 ? (by < 0 ? names.length - 1 : 0) : Math.min(names.length - 1, Math.max(0, at + by));
    const name = names[to];
    if (name === undefined) return;
    this.select(name);
    this.reveal(to);
  }

  /** Scroll to the selected row, if it is there and cannot be seen. */
  revealSelected(): void {
    const at = this.selected === null ? -1 : this.store.visible().indexOf(this.selected);
    if (at >= 0) this.reveal(at);
  }

  render(): void {
    const names = this.store.visible();
    const height = `${String(names.length * rowHeight)}px`;
    if (this.rows.style.height !== height) this.rows.style.height = height;
    setAttribute(this.table, 'aria-rowcount', String(names.length + 1));
    const seen = Math.ceil(this.seen.height / rowHeight) + 2 * spare;
    this.provide(Math.min(seen, names.length));
    const first = Math.max(0, Math.min(names.length - this.slots.length, Math.floor(this.seen.top / rowHeight) - spare));
    let active: string | null = null;
    for (let index = first; index < first + this.slots.length; index++) {
      const slot = this.slots[index % this.slots.length];
      const name = names[index];
      if (slot === undefined || name === undefined) continue;
      this.show(slot, index, name);
      if (name === this.selected) active = slot.row.id;
    }
    setAttribute(this.table, 'aria-activedescendant', active);
  }

  private provide(count: number): void {
    if (this.slots.length === count) return;
    while (this.slots.length > count) this.slots.pop()?.row.remove();
    while (this.slots.length < count) {
      const slot = newSlot(this.slots.length);
      this.slots.push(slot);
      this.rows.append(slot.row);
    }
    for (const slot of this.slots) slot.index = -1;
  }

  private show(slot: Slot, index: number, name: string): void {
    const row = this.store.row(name);
    if (row === undefined) return;
    if (slot.index !== index) {
      slot.index = index;
      slot.row.style.transform = `translateY(${String(index * rowHeight)}px)`;
      setAttribute(slot.row, 'aria-rowindex', String(index + 2));
    }
    setText(slot.name, name);
    setAttribute(slot.row, 'data-name', name);
    setAttribute(slot.row, 'aria-selected', String(name === this.selected));
    setText(slot.chip, row.state);
    setAttribute(slot.chip, 'data-state', row.state);
    setText(slot.mark, row.isLogger ? 'logger' : row.logger === null || isForAll(row.logger) ? '' : `→ ${row.logger}`);
    setAttribute(slot.mark, 'data-kind', row.isLogger ? 'logger' : 'writes');
    setText(slot.pid, row.pid === 0 ? '' : String(row.pid));
    setText(slot.since, row.since === null ? '' : duration((this.store.now() - row.since) / 1000));
  }

  private reveal(index: number): void {
    const head = this.rows.offsetTop;
    const top = index * rowHeight;
    const { scrollTop, clientHeight } = this.table;
    if (top < scrollTop) this.table.scrollTop = top;
    else if (top + rowHeight > scrollTop + clientHeight - head) this.table.scrollTop = top + rowHeight - clientHeight + head;
  }

  private clicked(event: Event): void {
    const row = event.target instanceof Element ? event.target.closest('[data-name]') : null;
    const name = row?.getAttribute('data-name');
    if (name != null) this.select(name);
  }

  private pressed(event: KeyboardEvent): void {
    const page = Math.max(1, Math.floor(this.table.clientHeight / rowHeight) - 2);
    const end = this.store.visible().length;
    const steps: Readonly<Record<string, number>> = { PageDown: page, PageUp: -page, Home: -end, End: end };
    const by = steps[event.key];
    if (by === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    this.move(by);
  }
}
