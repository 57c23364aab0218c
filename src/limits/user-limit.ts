/** A user's own limit: a token bucket in the memory of the user's object. Exact while the object lives. */

/** What came of a push. `first-refused`: the user has not been told yet. */
export type Allowance = "allowed" | "first-refused" | "refused";

/** Pushes that a user may send at once, and how many come back per second. */
const BURST = 40;
const PER_SECOND = 2;

/** One per user. */
export class UserLimit {
  #tokens = BURST;
  #at = 0;
  #isTold = false;

  /** Counts one push, at `now` milliseconds since the epoch. */
  take(now: number): Allowance {
    this.#tokens = Math.min(BURST, this.#tokens + ((now - this.#at) / 1000) * PER_SECOND);
    this.#at = now;
    if (this.#tokens >= 1) {
      this.#tokens--;
      this.#isTold = false;
      return "allowed";
    }
    if (this.#isTold) return "refused";
    this.#isTold = true;
    return "first-refused";
  }
}
