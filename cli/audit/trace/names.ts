/**
 * Names of services as text: in what nitroctl writes, a byte that is no UTF-8 is a lone surrogate (U+DC80 to U+DCFF); in a trace it is `\xHH`.
 */

/** A name out of the JSON of nitroctl, as it stands in a trace. */
export function nameAsText(name: string): string {
  return name.replace(/[\udc80-\udcff]/gu, (lone) => `\\x${(lone.charCodeAt(0) - 0xdc00).toString(16)}`);
}
