/**
 * The statechart of the subject, with the active state lit and the last transition drawn.
 *
 * Theory of operation. The pictures are the generated ones (diagrams/draw.ts): a box says by `data-state` or `data-leaf` what it is, an edge by
 * `data-rows` which rows of the table it stands for, and the classes `is-active` and `is-last` light them. The overview is fitted into its
 * place with large titles and no small print; the detailed one is shown in its own size and scrolled to where something happens.
 */
import type { Happening } from '../messages.js';
import { byId, choice, setAttribute, setText } from './dom.js';
import { eventText, stateOf } from './words.js';

export type Machine = 'service' | 'system';
type View = 'overview' | 'detail';

/** Names of the pictures. */
const pictures: Readonly<Record<Machine, Readonly<Record<View, string>>>> = {
  service: { overview: 'service-states', detail: 'service-substates' },
  system: { overview: 'system-phases', detail: 'system-substates' },
};

/** Around the fitted chart. */
const margin = 8;
/** Titles shall be so large on the screen, within what the boxes hold. */
const [titlePixels, titleMin, titleMax] = [13, 15, 26] as const;

interface Picture {
  readonly root: Element;
  readonly boxes: ReadonlyMap<string, Element>;
  readonly edges: ReadonlyMap<string, readonly Element[]>;
}

async function load(name: string): Promise<Picture> {
  const answer = await fetch(`charts/${name}.svg`);
  if (!answer.ok) throw new Error(`there is no picture ${name}`);
  const parsed = new DOMParser().parseFromString(await answer.text(), 'image/svg+xml');
  const root = document.importNode(parsed.documentElement, true);
  const boxes = new Map<string, Element>();
  for (const box of root.querySelectorAll('[data-state], [data-leaf]'))
    for (const attribute of ['data-state', 'data-leaf']) boxes.set(box.getAttribute(attribute) ?? '', box);
  const edges = new Map<string, Element[]>();
  for (const edge of root.querySelectorAll('[data-rows]'))
    for (const row of (edge.getAttribute('data-rows') ?? '').split(' ')) edges.set(row, [...(edges.get(row) ?? []), edge]);
  return { root, boxes, edges };
}

export class Chart {
  private readonly place = byId('chart', HTMLElement);
  private readonly caption = byId('last', HTMLElement);
  private readonly loaded = new Map<string, Promise<Picture>>();
  private view: View = 'overview';
  private machine: Machine = 'service';
  private leaf: string | null = null;
  private last: Happening | null = null;
  private picture: Picture | null = null;
  private pictureName = '';

  constructor() {
    new ResizeObserver(() => this.fit()).observe(this.place);
    const views = [
      { id: 'overview', label: 'Overview' },
      { id: 'detail', label: 'Detail' },
    ] as const;
    choice(byId('views', HTMLElement), views, this.view, (view) => {
      this.view = view;
      void this.change();
    });
  }

  /** What to show: the leaf or state that is active, and the last transition. */
  show(machine: Machine, leaf: string | null, last: Happening | null): void {
    if (machine === this.machine && leaf === this.leaf && last?.n === this.last?.n && this.picture !== null) return;
    this.machine = machine;
    this.leaf = leaf;
    this.last = last;
    setText(this.caption, last === null ? '' : sentence(last));
    void this.change();
  }

  private async change(): Promise<void> {
    const name = pictures[this.machine][this.view];
    this.pictureName = name;
    const loading = this.loaded.get(name) ?? load(name);
    this.loaded.set(name, loading);
    const picture = await loading;
    if (name !== this.pictureName) return;
    if (picture !== this.picture) this.place.replaceChildren(picture.root);
    this.picture = picture;
    this.place.dataset['view'] = this.view;
    this.place.dataset['machine'] = this.machine;
    this.fit();
    this.light();
  }

  /** The overview shows the chart and not what stands around it, with titles that can be read at this size. */
  private fit(): void {
    if (this.picture === null) return;
    const { root } = this.picture;
    const drawn = root.querySelector('.boxes')?.parentNode;
    if (this.view === 'detail' || !(drawn instanceof SVGGElement)) {
      setAttribute(root, 'viewBox', `0 0 ${root.getAttribute('width') ?? ''} ${root.getAttribute('height') ?? ''}`);
      return;
    }
    const box = drawn.getBBox();
    const move = drawn.transform.baseVal.consolidate()?.matrix;
    const { width, height } = { width: box.width + 2 * margin, height: box.height + 2 * margin };
    const corner = [box.x + (move?.e ?? 0) - margin, box.y + (move?.f ?? 0) - margin];
    setAttribute(root, 'viewBox', [...corner, width, height].map((number) => number.toFixed(0)).join(' '));
    const scale = Math.min(this.place.clientWidth / width, this.place.clientHeight / height);
    const title = Math.min(titleMax, Math.max(titleMin, titlePixels / scale));
    this.place.style.setProperty('--title', `${title.toFixed(1)}px`);
  }

  private light(): void {
    const { picture, leaf, last } = this;
    if (picture === null) return;
    for (const lit of picture.root.querySelectorAll('.is-active, .is-last')) lit.classList.remove('is-active', 'is-last');
    const active = leaf === null ? undefined : (picture.boxes.get(leaf) ?? picture.boxes.get(stateOf(leaf)));
    active?.classList.add('is-active');
    const edges = last === null ? [] : edgesOf(picture, last);
    for (const edge of edges) {
      edge.classList.add('is-last');
      // What is drawn later lies above the others.
      edge.parentNode?.append(edge);
    }
    if (this.view === 'detail' && active !== undefined) this.scrollTo(active);
  }

  private scrollTo(box: Element): void {
    const [inner, outer] = [box.getBoundingClientRect(), this.place.getBoundingClientRect()];
    const isCalm = matchMedia('(prefers-reduced-motion: reduce)').matches;
    this.place.scrollBy({
      left: inner.left + inner.width / 2 - outer.left - outer.width / 2,
      top: inner.top + inner.height / 2 - outer.top - outer.height / 2,
      behavior: isCalm ? 'instant' : 'smooth',
    });
  }
}

function sentence(last: Happening): string {
  const { from, to, actions } = last;
  return `${eventText(last)}: ${from === to ? `stays in ${to}` : `${from} → ${to}`}${actions.length === 0 ? '' : ` / ${actions.join(', ')}`}`;
}

/** The edges of a transition. If it is not known which it was, all between the two states. */
function edgesOf(picture: Picture, { event, from, to }: Happening): readonly Element[] {
  if (event !== null) return picture.edges.get(`${from}|${event.replace(' ', ':')}|${to}`) ?? [];
  const found = new Set<Element>();
  for (const [row, edges] of picture.edges) {
    const [source = '', , target = ''] = row.split('|');
    if (stateOf(source) === stateOf(from) && stateOf(target) === stateOf(to)) for (const edge of edges) found.add(edge);
  }
  return [...found];
}
