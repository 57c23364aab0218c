/**
 * Signatures of plain mode that were used already.
 *
 * In plain mode nothing signs the body: whoever sees one URL could post anything with it until its timestamp is too
 * old. So the first body that comes with a signature is remembered, and another one with the same signature refused.
 * Per isolate and best effort; secure mode needs none of it.
 */

const MAX_SIGNATURES = 10_000;
const MAX_CHARACTERS = 4_000_000;

/** One per isolate. */
export class ReplayGuard {
  /** In order of first use. */
  readonly #bodies = new Map<string, { readonly body: string; readonly expires: number }>();
  #characters = 0;

  /**
   * Notes a signature with its body.
   *
   * @param now milliseconds since the epoch
   * @param expires when its timestamp will be too old to be accepted, in milliseconds since the epoch
   * @returns whether it may pass: it is new, or it came with the same body (WeChat sends a push again)
   */
  accepts(signature: string, body: string, now: number, expires: number): boolean {
    const seen = this.#bodies.get(signature);
    if (seen) return seen.body === body;
    this.#bodies.set(signature, { body, expires });
    this.#characters += body.length;
    this.#forget(now);
    return true;
  }

  #forget(now: number): void {
    for (const [signature, { body, expires }] of this.#bodies) {
      const full = this.#bodies.size > MAX_SIGNATURES || this.#characters > MAX_CHARACTERS;
      if (!full && expires > now) return;
      this.#bodies.delete(signature);
      this.#characters -= body.length;
    }
  }
}
