/** The last projections, by content hash and kind, up to a total of source characters (built once per hash). */
export class ProjectionCache<Value> {
  readonly #kept = new Map<string, { readonly value: Value; readonly size: number }>();
  readonly #limit: number;
  #size = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  peek(key: string): Value | undefined {
    return this.#kept.get(key)?.value;
  }

  async get(key: string, size: number, build: () => Value | Promise<Value>): Promise<Value> {
    const known = this.#kept.get(key);
    if (known) {
      this.#kept.delete(key);
      this.#kept.set(key, known);
      return known.value;
    }
    const value = await build();
    if (!this.#kept.has(key)) this.#keep(key, value, size);
    return value;
  }

  #keep(key: string, value: Value, size: number): void {
    this.#kept.set(key, { value, size });
    this.#size += size;
    for (const [oldest, { size: freed }] of this.#kept) {
      if (this.#size <= this.#limit || oldest === key) break;
      this.#kept.delete(oldest);
      this.#size -= freed;
    }
  }
}
