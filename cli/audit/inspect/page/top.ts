/** The head of the page: what is looked at, whether it is there, the phase of the system, and how many services are in which state. */
import { stateNames } from '../../../../runtime/protocol.js';
import { byId, html, setAttribute, setText } from './dom.js';
import type { Play } from '../messages.js';
import type { Store } from './store.js';

export class Top {
  readonly chosen = new Set<string>();
  private readonly source = byId('source', HTMLElement);
  private readonly link = byId('link', HTMLElement);
  private readonly hold = byId('hold', HTMLButtonElement);
  private readonly next = byId('next', HTMLButtonElement);
  private readonly phase = byId('phase', HTMLElement);
  private readonly shown = byId('shown', HTMLElement);
  private readonly chips: ReadonlyMap<string, { readonly button: HTMLElement; readonly count: HTMLElement }>;

  constructor(
    private readonly store: Store,
    filtered: () => void,
    play: (what: Play) => void,
  ) {
    this.hold.addEventListener('click', () => play(store.link === 'held' ? 'go' : 'hold'));
    this.next.addEventListener('click', () => play('next'));
    const made = stateNames.filter((state) => state !== '').map((state) => {
      const count = html('b');
      const button = html('button', { type: 'button', class: 'chip', 'data-state': state, 'aria-pressed': 'false' }, `${state} `, count);
      button.addEventListener('click', () => {
        if (!this.chosen.delete(state)) this.chosen.add(state);
        setAttribute(button, 'aria-pressed', String(this.chosen.has(state)));
        filtered();
      });
      return [state, { button, count }] as const;
    });
    this.chips = new Map(made);
    byId('counts', HTMLElement).append(...made.map(([, { button }]) => button));
  }

  render(): void {
    const { store } = this;
    setText(this.source, store.source);
    setText(this.link, this.linkText());
    setAttribute(this.link, 'data-link', store.link);
    setAttribute(document.body, 'data-link', store.link);
    for (const button of [this.hold, this.next]) {
      setAttribute(button, 'hidden', store.hello?.mode === 'recorded' ? null : '');
      button.disabled = store.link !== 'live' && store.link !== 'held';
    }
    setText(this.hold, store.link === 'held' ? 'Play' : 'Pause');
    setText(this.phase, store.system ?? '');
    const visible = store.visible().length;
    setText(this.shown, visible === store.size ? `${String(store.size)} services` : `${String(visible)} of ${String(store.size)} services`);
    for (const [state, { button, count }] of this.chips) {
      const number = store.counts.get(state) ?? 0;
      setText(count, String(number));
      setAttribute(button, 'data-none', number === 0 ? '' : null);
    }
  }

  private linkText(): string {
    const { link, hello, detail } = this.store;
    switch (link) {
      case 'waiting':
        return 'waiting for nitro';
      case 'live':
        if (hello?.mode === 'recorded') return `playing${hello.speed === 1 ? '' : ` × ${String(hello.speed)}`}`;
        return detail === 'steps' ? 'live' : 'live, states only';
      case 'held':
        return 'held';
      case 'gone':
        return 'nitro is gone';
      case 'ended':
        return 'the trace has ended';
      case 'lost':
        return 'nitro-audit is gone';
    }
  }
}
