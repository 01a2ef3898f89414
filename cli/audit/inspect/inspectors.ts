/**
 * Those who inspect the actors: pages of an inspector, and programs that connect by WebSocket.
 *
 * The mirror exists while there is one, so that actors cost nothing otherwise.
 */
import type { Inspection } from './inspection.js';
import { Mirror } from './mirror.js';
import type { InspectorMessage } from './stately.js';

export type Tell = (messages: readonly InspectorMessage[]) => void;

export class Inspectors {
  private mirror: Mirror | null = null;
  private readonly viewers = new Set<Tell>();

  constructor(private readonly inspection: Inspection) {}

  /** Tell of all actors, and of everything from now on. Returns what ends it. */
  attach(tell: Tell): () => void {
    this.mirror ??= new Mirror(this.inspection.model, (t) => this.inspection.wallClock(t), (messages) => {
      for (const viewer of this.viewers) viewer(messages);
    });
    tell(this.mirror.present());
    this.viewers.add(tell);
    return () => this.detach(tell);
  }

  private detach(tell: Tell): void {
    if (!this.viewers.delete(tell) || this.viewers.size > 0) return;
    this.mirror?.close();
    this.mirror = null;
  }
}
