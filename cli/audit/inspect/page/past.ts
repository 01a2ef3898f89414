/**
 * The past of what is looked at, as the server tells it: happenings in their order, and the lanes of the timeline.
 */
import type { Happening, Lane, Span, Subject, Watched } from '../messages.js';
import { stateOf } from './words.js';

const happeningsMax = 600;
const spansMax = 600;

export class Past {
  subject: Subject | null = null;
  happenings: Happening[] = [];
  /** Grows with every change: who has drawn this one need not draw again. */
  version = 0;
  private lanesByName = new Map<string, Span[]>();

  get lanes(): readonly Lane[] {
    return [...this.lanesByName].map(([name, spans]) => ({ name, spans }));
  }

  /** Those of the subject itself. */
  own(): readonly Happening[] {
    const { subject } = this;
    if (subject === null) return [];
    return this.happenings.filter(({ machine, service }) =>
      subject.kind === 'system' ? machine === 'system' : machine === 'service' && service === subject.name,
    );
  }

  take({ subject, past, spans }: Watched): void {
    this.subject = subject;
    this.happenings = [...past];
    this.lanesByName = new Map(spans.map((lane) => [lane.name, [...lane.spans]]));
    this.version += 1;
  }

  add(happenings: readonly Happening[]): void {
    this.happenings = [...this.happenings, ...happenings].slice(-happeningsMax);
    for (const { machine, service, to, t } of happenings) {
      const spans = this.lanesByName.get(service);
      const state = machine === 'system' ? to : stateOf(to);
      if (spans === undefined || spans[spans.length - 1]?.state === state) continue;
      spans.push({ t, state });
      if (spans.length > spansMax) spans.shift();
    }
    this.version += 1;
  }
}
