/**
 * The stored bounds, and what a measurement comes to when it is held against them. Pure: files are read and written by main.ts.
 *
 * A bound belongs to a kind of build (compiler.ts). Of a kind that has none, nothing is held. A figure is over when it is beyond its bound and
 * margin, and better when it is below by more than the margin: then the bound should be tightened, or it would let the gain be lost.
 */
import { figures } from './figures.js';
import type { Figure, FigureId, Measured, Skipped } from './figures.js';

/** Kind of build → figure → bound. */
export type Bounds = Readonly<Record<string, Readonly<Partial<Record<FigureId, number>>>>>;

export type Verdict =
  | { readonly kind: 'within' | 'better'; readonly figure: Figure; readonly value: number; readonly bound: number }
  /** `by` is beyond the bound, the margin included or not. */
  | { readonly kind: 'over'; readonly figure: Figure; readonly value: number; readonly bound: number; readonly by: number }
  | { readonly kind: 'unbound'; readonly figure: Figure; readonly value: number }
  | { readonly kind: 'skipped'; readonly figure: Figure; readonly why: string };

/** Compare a number with a bound. */
export function judge(figure: Figure, value: number, bound: number | undefined): Verdict {
  if (bound === undefined) return { kind: 'unbound', figure, value };
  if (!(value <= bound * (1 + figure.margin))) return { kind: 'over', figure, value, bound, by: value - bound };
  return { kind: value < bound * (1 - figure.margin) ? 'better' : 'within', figure, value, bound };
}

/** A verdict for every figure that was measured or skipped, in the order of the figures. */
export function judgeAll(measured: readonly Measured[], skipped: readonly Skipped[], bounds: Bounds, kindOfBuild: string): readonly Verdict[] {
  return figures.flatMap((figure): readonly Verdict[] => {
    const found = measured.find(({ id }) => id === figure.id);
    if (found !== undefined) return [judge(figure, found.value, bounds[kindOfBuild]?.[figure.id])];
    const why = skipped.find(({ id }) => id === figure.id)?.why;
    return why === undefined ? [] : [{ kind: 'skipped', figure, why }];
  });
}

/** The bounds with those of this kind of build as measured; what was skipped keeps its bound. */
export function accepted(measured: readonly Measured[], bounds: Bounds, kindOfBuild: string): Bounds {
  const before = bounds[kindOfBuild] ?? {};
  const now = new Map(measured.map(({ id, value }) => [id, value]));
  const entries = figures.flatMap(({ id }) => {
    const value = now.get(id) ?? before[id];
    return value === undefined ? [] : [[id, value] as const];
  });
  return { ...bounds, [kindOfBuild]: Object.fromEntries(entries) };
}

/** Read bounds; throws with what is wrong with the text. */
export function parseBounds(text: string): Bounds {
  const value: unknown = JSON.parse(text);
  if (typeof value !== 'object' || value === null) throw new Error('not an object');
  for (const [kind, of] of Object.entries(value)) {
    if (typeof of !== 'object' || of === null) throw new Error(`${kind}: not an object`);
    for (const [id, bound] of Object.entries(of as Record<string, unknown>)) {
      if (!figures.some((figure) => figure.id === id)) throw new Error(`${kind}: no such figure: ${id}`);
      if (typeof bound !== 'number' || !(bound >= 0)) throw new Error(`${kind}: ${id} is not a number of at least 0`);
    }
  }
  return value as Bounds;
}
