/**
 * A circuit breaker: after several calls in a row without an answer, none is made for a while, then one by one to see
 * whether WeChat is back. Plain state and no promises: a promise of one request must not be awaited in another.
 */

/** Calls in a row without an answer that open the breaker. */
export const BREAKER_FAILURES = 5;
/** How long an open breaker lets nothing through, in milliseconds. */
export const BREAKER_PAUSE_MS = 10_000;

/** After so long without a call nobody knows whether WeChat can be reached. */
const WELL_MS = 10_000;

/** One per account and isolate. */
export class Breaker {
  #failures = 0;
  #closedUntil = 0;
  #answeredAt = -Infinity;

  /** Whether a call may be made now. Of an open breaker, one call per pause may. */
  admits(nowMs: number): boolean {
    if (this.#failures < BREAKER_FAILURES) return true;
    if (nowMs < this.#closedUntil) return false;
    this.#closedUntil = nowMs + BREAKER_PAUSE_MS;
    return true;
  }

  /** WeChat answered, with an error number perhaps. */
  answered(nowMs: number): void {
    this.#failures = 0;
    this.#answeredAt = nowMs;
  }

  /** Whether the last call was answered, and not long ago. */
  isWell(nowMs: number): boolean {
    return this.#failures === 0 && nowMs - this.#answeredAt < WELL_MS;
  }

  /** There was no answer. */
  failed(nowMs: number): void {
    this.#failures++;
    if (this.#failures >= BREAKER_FAILURES) this.#closedUntil = nowMs + BREAKER_PAUSE_MS;
  }
}
