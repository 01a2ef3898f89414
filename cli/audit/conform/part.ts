/**
 * A part of the work, its bounds, and what it reports.
 */
import type { Covered } from '../../../model-tests/walk/report.js';
import type { Divergence, PartName } from './finding.js';

export interface Bounds {
  /** Daemons at the same time. */
  readonly jobs: number;
  readonly seed: number;
  /** The time is over: begin nothing more. */
  readonly isOver: () => boolean;
  readonly progress: (part: PartName, done: number, all: number) => void;
}

export interface PartReport {
  readonly part: PartName;
  /** What was walked or probed. */
  readonly whatIs: string;
  /** What was done, in figures. */
  readonly lines: readonly string[];
  readonly covered: readonly Covered[];
  readonly divergences: readonly Divergence[];
}
