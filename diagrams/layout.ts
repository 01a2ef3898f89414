/**
 * Places for a chart: the Eclipse Layout Kernel, layered and orthogonal.
 *
 * Labels are laid out with the edges, each on a place of its own in the middle of its edge, so that no two can overlap and none can lie on a
 * box. The result depends on the chart alone.
 */
import Elk from 'elkjs';
import type { ElkExtendedEdge, ElkNode, ElkPoint } from 'elkjs';
import { allNodes } from './chart.js';
import type { Chart, ChartEdge, ChartNode, Line } from './chart.js';
import { sizes, textWidth, wrapEvenly } from './metrics.js';

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface PlacedNode {
  readonly node: ChartNode;
  readonly box: Box;
  /** The lines of its text, broken to its width. */
  readonly lines: readonly Line[];
  readonly depth: number;
}

export interface PlacedEdge {
  readonly edge: ChartEdge;
  readonly points: readonly ElkPoint[];
  readonly label: Box | null;
  /** It ends in a dot or at a question, where others end. */
  readonly isJoining: boolean;
}

export interface Placed {
  readonly chart: Chart;
  readonly width: number;
  readonly height: number;
  readonly nodes: readonly PlacedNode[];
  readonly edges: readonly PlacedEdge[];
}

const common: Readonly<Record<string, string>> = {
  'elk.algorithm': 'layered',
  'elk.edgeRouting': 'ORTHOGONAL',
  'elk.direction': 'DOWN',
  'elk.hierarchyHandling': 'INCLUDE_CHILDREN',
  'elk.json.shapeCoords': 'ROOT',
  'elk.json.edgeCoords': 'ROOT',
  'elk.edgeLabels.placement': 'CENTER',
  'elk.partitioning.activate': 'true',
  'elk.randomSeed': '1',
  'elk.layered.thoroughness': '60',
  'elk.spacing.nodeNode': '34',
  'elk.spacing.edgeNode': '18',
  'elk.spacing.edgeEdge': '14',
  'elk.spacing.edgeLabel': '2',
  'elk.spacing.labelLabel': '10',
  'elk.layered.spacing.nodeNodeBetweenLayers': '26',
  'elk.layered.spacing.edgeNodeBetweenLayers': '16',
  'elk.layered.spacing.edgeEdgeBetweenLayers': '12',
};

/** Longest line of a description in a box. */
const wrapWidth = 170;
const wrapWidthOfParent = 116;

function brokenLines(node: ChartNode): readonly Line[] {
  const width = node.children.length === 0 ? wrapWidth : wrapWidthOfParent;
  return node.lines.flatMap((line) => wrapEvenly(line.text, sizes.line, width).map((text) => ({ ...line, text })));
}

/** Height of the head of a box: its title and its lines. */
export function headHeight(lines: readonly Line[]): number {
  return sizes.padding + sizes.title + lines.length * sizes.lineHeight + sizes.padding - 2;
}

function headWidth(node: ChartNode, lines: readonly Line[]): number {
  const title = textWidth(node.title, sizes.title, 'bold');
  return Math.max(title, ...lines.map(({ text }) => textWidth(text, sizes.line))) + 2 * sizes.padding;
}

function toElk(node: ChartNode, ports: ReadonlyMap<string, readonly string[]>): ElkNode {
  const elk = sized(node, ports);
  const rank = node.rank === null ? {} : { 'elk.partitioning.partition': String(node.rank) };
  return { ...elk, ports: (ports.get(node.id) ?? []).map((id) => ({ id, width: 0, height: 0 })), layoutOptions: { ...elk.layoutOptions, ...rank } };
}

function sized(node: ChartNode, ports: ReadonlyMap<string, readonly string[]>): ElkNode {
  if (node.kind === 'start') return { id: node.id, width: 14, height: 14 };
  if (node.kind === 'junction') return { id: node.id, width: 8, height: 8 };
  if (node.kind === 'choice') return { id: node.id, width: 48, height: 22 };
  const lines = brokenLines(node);
  const width = Math.ceil(headWidth(node, lines));
  const height = headHeight(lines);
  if (node.children.length === 0) return { id: node.id, width, height };
  return {
    id: node.id,
    children: node.children.map((child) => toElk(child, ports)),
    layoutOptions: {
      'elk.padding': `[top=20,left=${String(width + 10)},bottom=20,right=20]`,
      'elk.nodeSize.constraints': 'MINIMUM_SIZE',
      'elk.nodeSize.minimum': `(${String(width)},${String(height)})`,
    },
  };
}

function labelSize(lines: readonly string[]): { readonly width: number; readonly height: number } {
  const width = Math.max(...lines.map((line) => textWidth(line, sizes.label)));
  return { width: Math.ceil(width * 1.03) + 8, height: lines.length * sizes.labelHeight + 3 };
}

/**
 * Where edges end. Those of one cause that lead forward to the same box run together into the same point; one that leads back has a
 * point of its own, because its way is long and joins no other.
 */
function portsOf(chart: Chart): (edge: ChartEdge) => string {
  const ranks = new Map(chart.nodes.map(({ id, rank }) => [id, rank]));
  const joints = new Set(allNodes(chart.nodes).filter(({ kind }) => kind === 'choice' || kind === 'junction').map(({ id }) => id));
  return ({ id, from, to, cause }) => {
    if (joints.has(to)) return `${to}-in`;
    const isForward = (ranks.get(from) ?? 0) < (ranks.get(to) ?? 0);
    return isForward ? `${to}-${cause ?? 'start'}` : `${to}-${id}`;
  };
}

export async function place(chart: Chart): Promise<Placed> {
  const portOf = portsOf(chart);
  const ports = new Map<string, readonly string[]>();
  for (const edge of chart.edges) ports.set(edge.to, [...new Set([...(ports.get(edge.to) ?? []), portOf(edge)])]);
  const graph: ElkNode = {
    id: 'chart',
    layoutOptions: { ...common, ...chart.layout },
    children: chart.nodes.map((node) => toElk(node, ports)),
    edges: chart.edges.map(
      (edge): ElkExtendedEdge => ({
        id: edge.id,
        sources: [edge.from],
        targets: [portOf(edge)],
        labels:
          edge.lines.length === 0
            ? []
            : [{ id: `${edge.id}-label`, text: edge.lines.join(' '), ...labelSize(edge.lines), layoutOptions: { 'elk.edgeLabels.inline': 'true' } }],
      }),
    ),
  };
  const laid = await new Elk().layout(graph);
  const nodes: PlacedNode[] = [];
  const visit = (node: ChartNode, elk: ElkNode | undefined, depth: number): void => {
    if (elk === undefined) throw new Error(`no place for ${node.id}`);
    nodes.push({ node, box: boxOf(elk), lines: brokenLines(node), depth });
    for (const child of node.children) visit(child, elk.children?.find(({ id }) => id === child.id), depth + 1);
  };
  for (const node of chart.nodes) visit(node, laid.children?.find(({ id }) => id === node.id), 0);
  const laidEdges = new Map((laid.edges ?? []).map((edge) => [edge.id, edge]));
  const edges = chart.edges.map((edge): PlacedEdge => {
    const found = laidEdges.get(edge.id);
    const section = found?.sections?.[0];
    if (found === undefined || section === undefined) throw new Error(`no way for ${edge.id}`);
    const label = found.labels?.[0];
    return {
      edge,
      points: [section.startPoint, ...(section.bendPoints ?? []), section.endPoint],
      label: label === undefined ? null : boxOf(label),
      isJoining: portOf(edge) === `${edge.to}-in`,
    };
  });
  return { chart, width: laid.width ?? 0, height: laid.height ?? 0, nodes, edges };
}

function boxOf({ x = 0, y = 0, width = 0, height = 0 }: Partial<Box>): Box {
  return { x, y, width, height };
}
