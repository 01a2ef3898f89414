/**
 * A chart: what a statechart shows, before it has places. The builders make it from a model, the layout gives it places, the
 * drawing makes it SVG.
 */
import type { Cause } from './theme.js';

/** A line of text in a box. */
export interface Line {
  readonly text: string;
  readonly kind: 'description' | 'entry' | Cause;
  /** Rows of the table that the line stands for, if it stands for some: see `rowId`. */
  readonly rows: readonly string[];
}

export interface ChartNode {
  readonly id: string;
  readonly kind: 'state' | 'leaf' | 'start' | 'choice' | 'junction' | 'final';
  readonly title: string;
  readonly lines: readonly Line[];
  /** The top-level state whose colour it has; null: none. */
  readonly hue: string | null;
  readonly children: readonly ChartNode[];
  /** Where it stands from the beginning towards the end: the layout puts lower ranks first. null: anywhere. */
  readonly rank: number | null;
  /** Attributes by which a page finds the box: `data-state`, `data-leaf`. */
  readonly data: Readonly<Record<string, string>>;
}

export interface ChartEdge {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  /** null: caused by nothing, as the arrow that leads into the first state. */
  readonly cause: Cause | null;
  readonly lines: readonly string[];
  readonly rows: readonly string[];
}

export interface Chart {
  /** Also the name of the file. */
  readonly id: string;
  readonly title: string;
  /** What somebody is told who cannot see it. */
  readonly description: string;
  /** Lines of small print below the picture. */
  readonly notes: readonly string[];
  readonly nodes: readonly ChartNode[];
  readonly edges: readonly ChartEdge[];
  /** Options of the layout that differ from the common ones. */
  readonly layout: Readonly<Record<string, string>>;
}

/**
 * Name of a row of the table in the attributes `data-rows` and `data-edge`: `FROM|EVENT|TO`, all of them leaves; a row that stays
 * has the same leaf twice. A timer's event is `after:DELAY`, because the names in a list are divided by spaces.
 */
export function rowId(from: string, event: string, to: string): string {
  return [from, event.replace(' ', ':'), to].join('|');
}

/** The nodes and all within. */
export function allNodes(nodes: readonly ChartNode[]): readonly ChartNode[] {
  return nodes.flatMap((node) => [node, ...allNodes(node.children)]);
}
