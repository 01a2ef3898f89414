/**
 * A chart as Graphviz dot: the same boxes and edges as in the picture, for those who lay them out themselves.
 *
 * A state with states inside is a cluster; an edge from or to its border is one from or to its first leaf that is cut at the cluster.
 */
import type { Chart, ChartEdge, ChartNode } from './chart.js';
import { shade } from './theme.js';
import type { Cause } from './theme.js';

const style: Readonly<Record<Cause, string>> = { operator: 'solid', process: 'dashed', timer: 'dotted' };

export function dot(chart: Chart): string {
  const clusters = new Map(chart.nodes.filter(({ children }) => children.length > 0).map((node) => [node.id, node]));
  return `${[
    `digraph ${quote(chart.id)} {`,
    `  label=${quote(chart.title)}; labelloc=t; compound=true; rankdir=TB;`,
    '  node [shape=box, style="rounded,filled", fontname="Helvetica", fontsize=11];',
    '  edge [fontname="Helvetica", fontsize=10];',
    ...chart.nodes.flatMap((node) => nodeLines(node, 1)),
    ...chart.edges.map((edge) => edgeLine(edge, clusters)),
    '}',
  ].join('\n')}\n`;
}

function nodeLines(node: ChartNode, depth: number): readonly string[] {
  const pad = '  '.repeat(depth);
  const fill = node.hue === null ? shade('panel') : shade(node.hue);
  if (node.kind === 'start' || node.kind === 'junction') return [`${pad}${quote(node.id)} [shape=point, width=0.1];`];
  if (node.kind === 'choice') return [`${pad}${quote(node.id)} [shape=diamond, label="", width=0.3, height=0.3, fillcolor=white];`];
  const label = quote([node.title, ...node.lines.map(({ text }) => text)].join('\n'));
  if (node.children.length === 0) {
    return [`${pad}${quote(node.id)} [label=${label}, fillcolor=${quote(fill)}${node.kind === 'final' ? ', peripheries=2' : ''}];`];
  }
  return [
    `${pad}subgraph ${quote(`cluster_${node.id}`)} {`,
    `${pad}  label=${label}; style="rounded,filled"; fillcolor=${quote(`${fill}80`)};`,
    ...node.children.flatMap((child) => nodeLines(child, depth + 1)),
    `${pad}}`,
  ];
}

function edgeLine({ from, to, cause, lines }: ChartEdge, clusters: ReadonlyMap<string, ChartNode>): string {
  const ends = [clusters.get(from), clusters.get(to)] as const;
  const attributes = [
    ...(lines.length === 0 ? [] : [`label=${quote(lines.join('\n'))}`]),
    ...(cause === null ? [] : [`style=${style[cause]}`, `color=${quote(shade(cause))}`, `fontcolor=${quote(shade(cause))}`]),
    ...(ends[0] === undefined ? [] : [`ltail=${quote(`cluster_${from}`)}`]),
    ...(ends[1] === undefined ? [] : [`lhead=${quote(`cluster_${to}`)}`]),
  ];
  const name = (id: string, cluster: ChartNode | undefined): string => quote(cluster?.children[0]?.id ?? id);
  return `  ${name(from, ends[0])} -> ${name(to, ends[1])} [${attributes.join(', ')}];`;
}

/** A quoted string of dot; `\n` in it is a new line. */
function quote(text: string): string {
  return `"${text.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n')}"`;
}
