/** The last few things of a kind, by key: what was kept longest ago is forgotten first. */
export class Recent<V> {
  readonly #most: number;
  /** In the order in which they were kept. */
  readonly #kept = new Map<string, V>();

  /** @param most how many are kept */
  constructor(most: number) {
    this.#most = most;
  }

  get(key: string): V | undefined {
    return this.#kept.get(key);
  }

  /** What is kept, oldest first. */
  values(): IterableIterator<V> {
    return this.#kept.values();
  }

  /** Keeps `value` as the latest one. */
  keep(key: string, value: V): void {
    this.#kept.delete(key);
    this.#kept.set(key, value);
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= this.#most) break;
      this.#kept.delete(oldest);
    }
  }
}
