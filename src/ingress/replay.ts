/**
 * Signatures of plain mode that were used already.
 *
 * In plain mode nothing signs the body: whoever sees one URL could post anything with it until its timestamp is too
 * old. So a hash of the first body that comes with a signature is remembered, and another body with the same
 * signature refused. Per isolate and best effort; secure mode needs none of it.
 */

/** Twice as many are remembered at most. */
const GENERATION_SIZE = 10_000;
/** Digits of a signature that tell one from another: 52 bits, which a number holds exactly. */
const KEY_DIGITS = 13;

/** One per isolate. Remembers numbers only: keeping the bodies would cost more than hashing them. */
export class ReplayGuard {
  /** Two generations: dropping a whole one is cheap, deleting the oldest entry of a large `Map` is not. */
  #recent = new Map<number, number>();
  #older = new Map<number, number>();
  readonly #multipliers: readonly [number, number];

  /** @param random two 32-bit numbers that nobody outside can know */
  constructor([a, b]: readonly [number, number]) {
    this.#multipliers = [a | 1, b | 1];
  }

  /**
   * Notes a signature with its body.
   *
   * @returns whether it may pass: it is new, or it came with the same body (WeChat sends a push again)
   */
  accepts(signature: string, body: string): boolean {
    const key = Number.parseInt(signature.slice(0, KEY_DIGITS), 16);
    const hash = this.#hash(body);
    const seen = this.#recent.get(key) ?? this.#older.get(key);
    if (seen !== undefined) return seen === hash;
    if (this.#recent.size >= GENERATION_SIZE) {
      this.#older = this.#recent;
      this.#recent = new Map();
    }
    this.#recent.set(key, hash);
    return true;
  }

  /** Two 32-bit hashes with multipliers that nobody outside knows, so that no second body can be made to fit. */
  #hash(body: string): number {
    const [a, b] = this.#multipliers;
    let x = a;
    let y = b;
    for (let i = 0; i < body.length; i++) {
      const unit = body.charCodeAt(i);
      x = Math.imul(x ^ unit, a);
      x ^= x >>> 15;
      y = Math.imul(y ^ unit, b);
      y ^= y >>> 13;
    }
    return (x >>> 0) * 2 ** 21 + (y >>> 11);
  }
}
