/**
 * What nitro holds, counted: every object, entry and piece of text that its supervisor leads to, by the way that leads there.
 *
 * Theory of operation. The graph of objects is walked from the supervisor, the shortest ways first, and what was met is not met again. A way is made of
 * the names of fields; all entries of a list, set or map are one way. So two moments at which nitro knows the same have the same
 * census, and what only grows shows by where it is. Numbers are no memory; the system and what is said to the console belong to somebody else.
 */

/** Held by somebody else. */
const others: ReadonlySet<string> = new Set(['os', 'console', 'delays', 'ending']);

export type Census = ReadonlyMap<string, number>;

/** The parts of an object, each with the rest of its way. */
function partsOf(value: object): readonly (readonly [string, unknown])[] {
  if (value instanceof Map) return [...(value as Map<unknown, unknown>)].flatMap(([key, each]) => [['[key]', key] as const, ['[]', each] as const]);
  if (value instanceof Set) return [...(value as Set<unknown>)].map((each) => ['[]', each] as const);
  if (Array.isArray(value)) return (value as readonly unknown[]).map((each) => ['[]', each] as const);
  return Object.entries(value)
    .filter(([name]) => !others.has(name))
    .map(([name, each]) => [`.${name}`, each] as const);
}

/** Visit every value that `root` leads to, each object once. */
export function visit(root: object, see: (value: unknown, way: string) => void): void {
  const seen = new Set<object>([root]);
  let open: readonly { readonly value: object; readonly way: string }[] = [{ value: root, way: '' }];
  while (open.length > 0) {
    const next: { readonly value: object; readonly way: string }[] = [];
    for (const { value, way } of open) {
      for (const [step, part] of partsOf(value)) {
        const to = way + step;
        see(part, to);
        if (typeof part !== 'object' || part === null || seen.has(part)) continue;
        seen.add(part);
        next.push({ value: part, way: to });
      }
    }
    open = next;
  }
}

/** A piece of text, bytes: names are one, whatever they are, and what grows is soon more. */
const pieceBytes = 64;

/** Count: of text its pieces, of everything else but numbers how many there are. */
export function census(root: object): Census {
  const counted = new Map<string, number>();
  visit(root, (value, way) => {
    if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'function' || value == null) return;
    counted.set(way, (counted.get(way) ?? 0) + (typeof value === 'string' ? Math.ceil(value.length / pieceBytes) : 1));
  });
  return counted;
}

/** Where two censuses differ, in words. */
export function differences(before: Census, after: Census): readonly string[] {
  const ways = [...new Set([...before.keys(), ...after.keys()])];
  return ways.flatMap((way) => {
    const [was, is] = [before.get(way) ?? 0, after.get(way) ?? 0];
    return was === is ? [] : [`${way}: ${String(was)} before, ${String(is)} after`];
  });
}
