export const CALLERS = 8;

/** What caller `caller` writes as its `n`-th text: short and long ones, so that records of every size are torn. */
export function bodyOf(caller: number, n: number): string {
  return `caller ${caller} wrote ${n}. `.repeat(1 + ((n * 7 + caller) % 25));
}

/** A small generator of numbers in [0, 1) that a seed fixes. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
