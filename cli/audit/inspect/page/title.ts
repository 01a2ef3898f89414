/** The head of the right side: what is selected, how it is, and the buttons that change it. What changes is also said to a screen reader. */
import { actions } from '../messages.js';
import type { Action, Outcome, Row, Subject } from '../messages.js';
import { byId, html, setAttribute, setText } from './dom.js';
import type { Store } from './store.js';
import { duration, stateOf } from './words.js';

/** A service that changes often is not worth a sentence each time. */
const speakMs = 1000;

export class Title {
  private readonly name = byId('name', HTMLElement);
  private readonly chip = byId('state', HTMLElement);
  private readonly leaf = byId('leaf', HTMLElement);
  private readonly facts = byId('facts', HTMLElement);
  private readonly outcome = byId('outcome', HTMLElement);
  private readonly control = byId('control', HTMLElement);
  private readonly spoken = byId('spoken', HTMLElement);
  private said = '';
  private toSay = '';
  private timer = 0;
  private mayControl = false;
  private subject: Subject | null = null;

  constructor(
    private readonly store: Store,
    private readonly act: (action: Action, service: string) => Promise<Outcome>,
  ) {}

  /** Put the buttons there, or not: the server decides. */
  permit(mayControl: boolean): void {
    this.mayControl = mayControl;
    this.control.replaceChildren(...(mayControl ? actions.map((action) => this.button(action)) : []));
  }

  focus(): void {
    this.name.focus();
  }

  show(subject: Subject | null): void {
    if (subject?.kind !== this.subject?.kind || nameOf(subject) !== nameOf(this.subject)) setText(this.outcome, '');
    this.subject = subject;
    const row = subject?.kind === 'service' ? this.store.row(subject.name) : undefined;
    this.control.hidden = !this.mayControl || subject?.kind !== 'service';
    for (const button of this.control.querySelectorAll('button')) button.disabled = row === undefined || this.store.link !== 'live';
    if (subject?.kind === 'system') this.showSystem();
    else if (subject === null) this.set('No service is selected', '', '', '');
    else if (row === undefined) this.set(subject.name, '', '', 'is not known to nitro now');
    else this.set(row.name, row.state, row.leaf !== null && row.leaf !== row.state ? row.leaf.slice(row.state.length + 1) : '', this.factsOf(row));
  }

  private showSystem(): void {
    const { system } = this.store;
    const state = system === null ? '' : stateOf(system);
    this.set('system', '', system ?? '', state === '' ? 'this daemon does not tell its phase' : `${String(this.store.size)} services`);
  }

  private factsOf({ pid, since, logger, isLogger }: Row): string {
    const age = since === null ? [] : [`for ${duration((this.store.now() - since) / 1000)}`];
    return [
      ...(pid === 0 ? [] : [`pid ${String(pid)}`]),
      ...age,
      ...(logger === null ? [] : [`writes to ${logger}`]),
      ...(isLogger ? ['is a logger'] : []),
    ].join(' · ');
  }

  private set(name: string, state: string, leaf: string, facts: string): void {
    setText(this.name, name);
    setText(this.chip, state);
    this.chip.hidden = state === '';
    setAttribute(this.chip, 'data-state', state);
    setText(this.leaf, leaf);
    setText(this.facts, facts);
    this.speak(state === '' ? name : `${name} is ${state}`);
  }

  private speak(text: string): void {
    this.toSay = text;
    if (this.timer !== 0 || this.said === text) return;
    setText(this.spoken, text);
    this.said = text;
    this.timer = setTimeout(() => {
      this.timer = 0;
      this.speak(this.toSay);
    }, speakMs);
  }

  private button(action: Action): HTMLButtonElement {
    const label = action.charAt(0).toUpperCase() + action.slice(1);
    const button = html('button', { type: 'button', 'data-action': action }, label);
    button.addEventListener('click', () => void this.clicked(action));
    return button;
  }

  private async clicked(action: Action): Promise<void> {
    const { subject } = this;
    if (subject?.kind !== 'service') return;
    setText(this.outcome, `${action} ${subject.name} …`);
    this.outcome.dataset['ok'] = 'true';
    const { ok, text } = await this.act(action, subject.name);
    setText(this.outcome, text);
    this.outcome.dataset['ok'] = String(ok);
  }
}

function nameOf(subject: Subject | null): string {
  return subject?.kind === 'service' ? subject.name : '';
}
