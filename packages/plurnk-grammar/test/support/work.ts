type Method = (this: string, ...args: never[]) => unknown;

/** Characters that a call of a string method looks at, by its result. */
const COSTS: { readonly [name: string]: (self: string, args: readonly unknown[], result: unknown) => number } = {
  charCodeAt: () => 1,
  codePointAt: () => 1,
  charAt: () => 1,
  startsWith: (_self, args) => String(args[0]).length,
  endsWith: (_self, args) => String(args[0]).length,
  indexOf: (self, args, result) => (result === -1 ? self.length : Number(result)) - Number(args[1] ?? 0) + 1,
  includes: self => self.length,
  slice: (_self, _args, result) => String(result).length,
  trim: self => self.length,
  trimEnd: self => self.length,
  search: (self, _args, result) => (result === -1 ? self.length : Number(result)),
  matchAll: self => self.length,
};

/**
 * Counts the characters that `run` looks at through the methods of strings, and its look-ups in maps: a measure of work
 * that does not depend on the machine. The methods are wrapped for the time of the call only.
 */
export function workOf(run: () => void): number {
  const prototype = String.prototype as unknown as Record<string, Method>;
  const originals = new Map<string, Method>();
  let work = 0;
  for (const [name, cost] of Object.entries(COSTS)) {
    const original = prototype[name];
    if (original === undefined) throw new Error(`no method ${name}`);
    originals.set(name, original);
    prototype[name] = function counted(this: string, ...args: never[]): unknown {
      const result = original.apply(this, args);
      work += Math.max(0, cost(String(this), args, result));
      return result;
    };
  }
  const mapGet = Map.prototype.get;
  Map.prototype.get = function counted(this: Map<unknown, unknown>, key: unknown): unknown {
    work++;
    return mapGet.call(this, key);
  };
  try {
    run();
  } finally {
    Map.prototype.get = mapGet;
    for (const [name, original] of originals) prototype[name] = original;
  }
  return work;
}
