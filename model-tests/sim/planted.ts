/** Faults planted in the runtime for the length of a test: a method of a class replaced, and put back. */

export type Method = (...args: unknown[]) => unknown;

/** `make` gets the method that was there. */
export function planted<T>(prototype: object, name: string, make: (original: Method) => Method, body: () => T): T {
  const all = prototype as Record<string, Method>;
  const original = all[name];
  if (original === undefined) throw new Error(`there is no ${name}`);
  all[name] = make(original);
  try {
    return body();
  } finally {
    all[name] = original;
  }
}
