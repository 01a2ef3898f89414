/**
 * A part of the evidence: something that is checked, with bounds, and what came of it.
 */
import type { Target } from '../../../model-tests/walk/binary/options.js';

export interface Bounds {
  /** Of everything random. */
  readonly seed: number;
  /** Simulated lives. */
  readonly runs: number;
  /** Longest time for what is random, ms; null: no limit but the runs. */
  readonly timeMsMax: number | null;
  /** The binary that is walked; null: the one that was built, if there is one. */
  readonly target: Target | null;
}

/** Called with how much of how much is done. */
export type Progress = (done: number, all: number) => void;

export interface Finding {
  /** Does what the part claims hold? */
  readonly holds: boolean;
  /** Why it was not checked here; then it neither holds nor is violated. */
  readonly notRun?: string;
  /** What was checked, in figures, and its bounds: a line each, Markdown. */
  readonly lines: readonly string[];
  /** What violates the claim, drawn or in words; empty if it holds. */
  readonly counterexamples: readonly string[];
  /** The same for programs. */
  readonly data: unknown;
}

export interface Part {
  readonly name: string;
  /** What is claimed. */
  readonly claim: string;
  check(bounds: Bounds, progress: Progress): Finding | Promise<Finding>;
}
