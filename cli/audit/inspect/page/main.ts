/**
 * The page.
 *
 * Theory of operation. Messages of the server change the store and the past; nothing is drawn then, but noted. Once a frame the table is brought
 * up to date, and the panels at most ten times a second: a flood of messages costs a frame no more than a few. What is selected
 * stands in the address, so that it is still selected when the page is loaded again.
 */
import type { Subject, ToPage } from '../messages.js';
import { Chart } from './chart.js';
import { byId, setAttribute } from './dom.js';
import { History } from './history.js';
import { InspectorLink } from './inspector.js';
import { Past } from './past.js';
import { SequenceView } from './sequence-view.js';
import { Server } from './server.js';
import { Store } from './store.js';
import { Table } from './table.js';
import { Timeline } from './timeline.js';
import { Title } from './title.js';
import { Top } from './top.js';

/** The panels are drawn so often at most, and take at most this part of the time. */
const panelsMs = 100;
const panelsShare = 10;
const tickMs = 1000;

const store = new Store();
const past = new Past();
const filter = byId('filter', HTMLInputElement);
const systemButton = byId('system', HTMLElement);

let subject: Subject | null = null;
let isPlanned = false;
let panelsAt = 0;
let panelsPauseMs = panelsMs;
let panelsTimer: number | null = null;
let panelsVersion = -1;
let mustDrawPanels = true;

const server = new Server({ receive, lost });
const inspector = new InspectorLink(server);
const title = new Title(store, (action, service) => server.control(action, service));
const top = new Top(store, filtered, (what) => server.play(what));
const table = new Table(store, (name) => select({ kind: 'service', name }), plan);
const chart = new Chart();
const history = new History();
const timeline = new Timeline(redraw);
const sequence = new SequenceView(redraw);

function receive(message: ToPage): void {
  switch (message.kind) {
    case 'hello':
      store.hello = message;
      title.permit(message.control);
      inspector.begin(message.stately);
      return;
    case 'all':
      store.takeAll(message);
      history.clear();
      begin();
      break;
    case 'some':
      store.takeSome(message);
      break;
    case 'watched':
      past.take(message);
      break;
    case 'more':
      past.add(message.happenings);
      break;
    case 'inspector':
      inspector.pass(message.messages);
      return;
  }
  plan();
}

function lost(): void {
  store.link = 'lost';
  plan();
}

/** Select what the address says, or the first. */
function begin(): void {
  if (subject !== null) return;
  const wanted = new URLSearchParams(location.hash.slice(1));
  const name = wanted.get('service') ?? store.visible()[0];
  if (wanted.has('system') || name === undefined) select({ kind: 'system' });
  else select({ kind: 'service', name });
  requestAnimationFrame(() => table.revealSelected());
}

function select(to: Subject): void {
  subject = to;
  table.selected = to.kind === 'service' ? to.name : null;
  const address = to.kind === 'service' ? `service=${encodeURIComponent(to.name)}` : 'system=';
  globalThis.history.replaceState(null, '', `#${address}`);
  setAttribute(systemButton, 'aria-pressed', String(to.kind === 'system'));
  server.watch(to);
  plan();
}

function filtered(): void {
  store.filter(filter.value, top.chosen);
  plan();
}

function plan(): void {
  if (isPlanned) return;
  isPlanned = true;
  requestAnimationFrame(render);
}

function redraw(): void {
  mustDrawPanels = true;
  plan();
}

function render(now: number): void {
  isPlanned = false;
  top.render();
  table.render();
  title.show(subject);
  if (panelsVersion === past.version && !mustDrawPanels) return;
  if (now - panelsAt < panelsPauseMs) {
    panelsTimer ??= setTimeout(() => {
      panelsTimer = null;
      plan();
    }, panelsPauseMs);
    return;
  }
  panelsAt = now;
  const began = performance.now();
  renderPanels();
  panelsPauseMs = Math.max(panelsMs, (performance.now() - began) * panelsShare);
}

/** What shows the past. It comes a moment after the selection. */
function renderPanels(): void {
  panelsVersion = past.version;
  mustDrawPanels = false;
  const { subject: of } = past;
  if (of === null) return;
  const own = past.own();
  const row = of.kind === 'service' ? store.row(of.name) : undefined;
  const newest = own[own.length - 1] ?? null;
  const active = of.kind === 'system' ? store.system : (row?.leaf ?? row?.state ?? null);
  // An event that was ignored is no transition.
  const moves = own.filter(({ from, to, actions }) => from !== to || actions.length > 0);
  chart.show(of.kind, active, moves[moves.length - 1] ?? newest);
  history.show(own, store.epoch);
  timeline.show(past.lanes, store.now(), store.epoch);
  sequence.show(of, row?.logger ?? null, past.happenings, (name) => store.row(name)?.isLogger === true, store.epoch);
}

/** Keys that work anywhere but where text is written. */
function pressed(event: KeyboardEvent): void {
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.target === filter) {
    if (event.key === 'Escape') {
      filter.value = '';
      filtered();
      table.focus();
    } else if (event.key === 'ArrowDown' || event.key === 'Enter') {
      event.preventDefault();
      table.focus();
      if (!store.visible().includes(table.selected ?? '')) table.move(1);
    }
    return;
  }
  const isElsewhere = event.target instanceof Element && event.target.closest('.scroll, .picture, button') !== null;
  const keys: Readonly<Record<string, () => void>> = {
    '/': () => filter.focus(),
    j: () => table.move(1),
    k: () => table.move(-1),
    s: () => select({ kind: 'system' }),
    ...(store.hello?.mode === 'recorded' ? { p: () => server.play(store.link === 'held' ? 'go' : 'hold'), n: () => server.play('next') } : {}),
    ...(isElsewhere ? {} : { ArrowDown: () => table.move(1), ArrowUp: () => table.move(-1), Enter: () => title.focus() }),
  };
  const act = keys[event.key];
  if (act === undefined) return;
  event.preventDefault();
  act();
}

document.addEventListener('keydown', pressed);
filter.addEventListener('input', filtered);
systemButton.addEventListener('click', () => select({ kind: 'system' }));
// Durations and the timeline go on when nothing happens.
setInterval(redraw, tickMs);
plan();
