/**
 * What goes wrong in a run: one seed decides it all. A fault hangs on what is done and to whom (`receive` of a user's
 * object, for the third time), not on the order in which things happen, so that a seed means the same again.
 */

/** Kinds of faults. The first ones strike a call, the others what the simulation does by itself. */
export const FAULT_KINDS = [
  "throw",
  "throw-retryable",
  "throw-overloaded",
  "hang",
  "delay",
  "succeed-then-throw",
  "throw-then-succeed-late",
  "forget",
  "duplicate",
  "reorder",
  "deny",
  "storage-write",
  "consumer-throws",
  "consumer-dies-between",
  "consumer-dies-before-ack",
  "batch-twice",
  "batch-twice-at-once",
  "worker-killed",
  "object-aborted",
  "object-evicted",
  "platform",
  "same-nonce",
  "two-colos",
  "forged",
] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

/** What can go wrong, and how often: a share of all calls each. */
export type Odds = Partial<Record<FaultKind, number>>;

/** Calls of a user's object, from the Worker, the consumer, and the runs of jobs. */
export const OBJECT_ODDS: Odds = {
  throw: 0.03,
  "throw-retryable": 0.02,
  "throw-overloaded": 0.01,
  hang: 0.02,
  delay: 0.04,
  "succeed-then-throw": 0.03,
  "throw-then-succeed-late": 0.02,
};
export const QUEUE_ODDS: Odds = {
  throw: 0.08,
  hang: 0.03,
  delay: 0.05,
  "succeed-then-throw": 0.05,
  "throw-then-succeed-late": 0.03,
  forget: 0.08,
  duplicate: 0.1,
  reorder: 0.2,
};
export const KV_ODDS: Odds = { throw: 0.1, hang: 0.1, delay: 0.1 };
export const LIMIT_ODDS: Odds = { throw: 0.1, hang: 0.1, deny: 0.1 };
export const RATE_ODDS: Odds = { throw: 0.02, hang: 0.02, deny: 0.04 };
export const LETTERS_ODDS: Odds = { throw: 0.2, hang: 0.05, "succeed-then-throw": 0.1 };
export const STORAGE_ODDS: Odds = { "storage-write": 0.008 };
export const CONSUMER_ODDS: Odds = {
  "consumer-throws": 0.15,
  "consumer-dies-between": 0.15,
  "consumer-dies-before-ack": 0.15,
  "batch-twice": 0.15,
  "batch-twice-at-once": 0.15,
  reorder: 0.1,
};

/** Numbers from 0 (inclusive) to 1 that a seed decides. */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** How often each kind has struck. */
export class FaultCounts {
  readonly #counts = new Map<FaultKind, number>();

  add(kind: FaultKind, times = 1): void {
    this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + times);
  }

  of(kind: FaultKind): number {
    return this.#counts.get(kind) ?? 0;
  }

  /** All kinds, those that never struck included. */
  get all(): Record<string, number> {
    return Object.fromEntries(FAULT_KINDS.map((kind) => [kind, this.of(kind)]));
  }

  /** Kinds that never struck: a run without them has not shown anything about them. */
  get never(): readonly FaultKind[] {
    return FAULT_KINDS.filter((kind) => this.of(kind) === 0);
  }
}

/** The faults of one seed. */
export class Plan {
  readonly seed: number;
  readonly #counts: FaultCounts;
  readonly #asked = new Map<string, number>();
  /** From now on nothing goes wrong any more. */
  isHealed = false;

  constructor(seed: number, counts: FaultCounts) {
    this.seed = seed;
    this.#counts = counts;
  }

  /** What strikes the next call of that kind, if anything; `amount` (0 to 1) says how hard. */
  next(odds: Odds, subject: string): { kind: FaultKind; amount: number } | undefined {
    const n = (this.#asked.get(subject) ?? 0) + 1;
    this.#asked.set(subject, n);
    if (this.isHealed) return undefined;
    const random = randomOf(hash32(`${this.seed} ${subject} ${n}`));
    let left = random();
    for (const kind of FAULT_KINDS) {
      left -= odds[kind] ?? 0;
      if (left >= 0) continue;
      this.#counts.add(kind);
      return { kind, amount: random() };
    }
    return undefined;
  }

  /** Whether something happens that the simulation does by itself. */
  happens(kind: FaultKind, share: number, subject: string): boolean {
    return this.next({ [kind]: share }, subject) !== undefined;
  }

  /** The seed's own numbers for something. */
  random(subject: string): () => number {
    return randomOf(hash32(`${this.seed} ${subject}`));
  }
}

function hash32(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  // The last characters would hardly reach the upper bits.
  hash ^= hash >>> 16;
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  return hash >>> 0;
}
