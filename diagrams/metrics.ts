/**
 * How wide a text is: advance widths of Liberation Sans, which are those of Arial and Helvetica.
 *
 * A layout has to know it before there is a browser, and must be the same on every machine. A character that is not listed counts as
 * one em, so that a text is never wider than it is taken for.
 */

/** Thousandths of an em, for the characters from space to tilde. */
const regular = [
  278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 278, 278,
  584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944,
  667, 667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500,
  278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
];
const bold = [
  278, 333, 474, 556, 556, 889, 722, 238, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 333, 333,
  584, 584, 584, 611, 975, 722, 722, 722, 722, 667, 611, 778, 722, 278, 556, 722, 611, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944,
  667, 667, 611, 333, 278, 333, 584, 556, 333, 556, 611, 556, 611, 556, 333, 611, 611, 278, 278, 556, 278, 889, 611, 611, 611, 611, 389, 556,
  333, 611, 556, 778, 556, 556, 500, 389, 280, 389, 584,
];

/** Sizes of type and of the space around it, in pixels. */
export const sizes = { title: 15, line: 11.5, label: 12, lineHeight: 16, labelHeight: 15, padding: 12, corner: 9, note: 12 } as const;

export type Weight = 'regular' | 'bold';

/** Width of a line of text in pixels, at `size` pixels an em. */
export function textWidth(text: string, size: number, weight: Weight = 'regular'): number {
  const widths = weight === 'bold' ? bold : regular;
  let sum = 0;
  for (const character of text) sum += widths[(character.codePointAt(0) ?? 0) - 0x20] ?? (character === '·' ? 278 : 1000);
  return (sum * size) / 1000;
}

/** Break text at spaces so that no line is wider than `width`, if that is possible. */
export function wrap(text: string, size: number, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && textWidth(longer, size) > width) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  return line === '' ? lines : [...lines, line];
}

/** The same, in as many lines, of about the same width. */
export function wrapEvenly(text: string, size: number, width: number): readonly string[] {
  const step = 4;
  let best = wrap(text, size, width);
  for (let narrower = width - step; narrower > 0; narrower -= step) {
    const lines = wrap(text, size, narrower);
    if (lines.length > best.length) break;
    best = lines;
  }
  return best;
}
