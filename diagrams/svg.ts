/**
 * A small writer of SVG: elements as nested values, escaped and written once at the end.
 *
 * Text stays text, so that it can be searched, copied and read aloud. Numbers are rounded to a hundredth, which keeps generated files
 * the same on every machine.
 */

export type Attributes = Readonly<Record<string, string | number | undefined>>;

export interface Element {
  readonly name: string;
  readonly attributes: Attributes;
  readonly children: readonly Node[];
}

/** A string is text. */
export type Node = Element | string;

export function element(name: string, attributes: Attributes = {}, ...children: readonly Node[]): Element {
  return { name, attributes, children };
}

/** Text for XML, also in attributes; what XML 1.0 cannot hold becomes a replacement character. */
export function escape(text: string): string {
  return text
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;')
    .replace(/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, '\ufffd');
}

function value(of: string | number): string {
  return typeof of === 'number' ? String(Math.round(of * 100) / 100) : escape(of);
}

/** An element as text; elements on lines of their own, save those that hold or neighbour text. */
export function serialize(node: Node, indent = ''): string {
  if (typeof node === 'string') return escape(node);
  const attributes = Object.entries(node.attributes)
    .flatMap(([name, of]) => (of === undefined ? [] : [` ${name}="${value(of)}"`]))
    .join('');
  if (node.children.length === 0) return `${indent}<${node.name}${attributes}/>`;
  const isText = node.children.some((child) => typeof child === 'string');
  const raw = node.name === 'style';
  const inner = isText
    ? node.children.map((child) => (raw && typeof child === 'string' ? child : serialize(child))).join('')
    : `\n${node.children.map((child) => serialize(child, `${indent}  `)).join('\n')}\n${indent}`;
  return `${indent}<${node.name}${attributes}>${inner}</${node.name}>`;
}
