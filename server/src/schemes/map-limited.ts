/** Asynchronous work over many items, a few at a time, results in order. */
const PARALLEL = 32;

export async function mapLimited<T, R>(
  items: readonly T[],
  work: (item: T, index: number, all: readonly T[]) => Promise<R>,
): Promise<R[]> {
  const results: R[] = new Array(items.length);
  let next = 0;
  const drain = async (): Promise<void> => {
    while (next < items.length) {
      const at = next++;
      results[at] = await work(items[at] as T, at, items);
    }
  };
  await Promise.all(Array.from({ length: Math.min(PARALLEL, items.length) }, drain));
  return results;
}
