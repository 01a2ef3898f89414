/** The history of the subject: a table, the newest first. Rows are kept by the number of their happening. */
import type { Happening } from '../messages.js';
import { byId, html } from './dom.js';
import { causeOf, clock, eventText, sourceText, stateOf } from './words.js';

const shownMax = 100;

function leafCell(leaf: string): HTMLElement {
  const state = stateOf(leaf);
  const chip = html('span', { class: 'chip', 'data-state': state }, state);
  return html('td', { class: 'to' }, chip, html('wbr'), html('span', { class: 'leaf' }, leaf === state ? '' : leaf.slice(state.length)));
}

function rowOf(happening: Happening, epoch: number | null): HTMLElement {
  const { t, from, to, actions, source } = happening;
  const event = html('span', { class: `event ${causeOf(source)}`, title: sourceText(happening) }, eventText(happening));
  return html(
    'tr',
    { class: from === to ? 'stays' : 'moves' },
    html('td', { class: 'time' }, clock(t, epoch)),
    html('td', {}, event),
    leafCell(to),
    html('td', { class: 'actions' }, actions.join(', ')),
  );
}

export class History {
  private readonly body = byId('history', HTMLElement);
  private readonly nothing = byId('nothing', HTMLElement);
  private rows = new Map<number, HTMLElement>();

  show(happenings: readonly Happening[], epoch: number | null): void {
    const wanted = happenings.slice(-shownMax);
    const rows = new Map<number, HTMLElement>();
    for (const happening of wanted) rows.set(happening.n, this.rows.get(happening.n) ?? rowOf(happening, epoch));
    for (const [n, row] of this.rows) if (rows.get(n) !== row) row.remove();
    // Only those that are new are put in; the others stand in their order already.
    const fresh = [...rows].filter(([n]) => !this.rows.has(n)).map(([, row]) => row);
    const isOrdered = [...this.rows.keys()].every((n) => n < (wanted[wanted.length - fresh.length]?.n ?? Infinity) || !rows.has(n));
    if (isOrdered) this.body.prepend(...fresh.reverse());
    else this.body.replaceChildren(...[...rows.values()].reverse());
    this.rows = rows;
    this.nothing.hidden = rows.size > 0;
  }

  /** Forget the rows: the times would be written in another way. */
  clear(): void {
    this.rows.clear();
    this.body.replaceChildren();
  }
}
