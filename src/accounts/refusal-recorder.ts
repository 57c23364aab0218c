/** Collects refusals in the isolate and hands them to the accounts' `RefusalLog` objects, seldom and after the response. */
import type { FailureReason } from "../protocol/failures.ts";
import { KEPT_REFUSALS, type Refusal, type RefusalLog, type Refusals } from "./refusal-log.ts";

/** Strangers can cause refusals at will: this is how often they can make us write, per account and isolate. */
const WRITE_INTERVAL_MS = 10_000;
const MAX_PATH_LENGTH = 200;

interface Pending {
  refusals: Refusal[];
  counts: Map<FailureReason, number>;
  /** Until when a write is under way or was made a short while ago, in milliseconds since the epoch. */
  quietUntil: number;
}

/** What the recorder needs of the request in which it is called. */
export interface RecordingRequest {
  readonly logs: DurableObjectNamespace<RefusalLog>;
  readonly locationHint: DurableObjectLocationHint;
  readonly now: number;
  waitUntil(work: Promise<unknown>): void;
  /** Told when the object could not be reached; the refusals stay in memory for the next try. */
  onError(error: unknown): void;
}

/** One per isolate. */
export class RefusalRecorder {
  readonly #accounts = new Map<string, Pending>();

  /**
   * Notes a refusal of `account`; it is written within some ten seconds.
   *
   * @returns whether a write is begun or planned for it: for the others within those ten seconds one is planned already
   */
  record(account: string, refusal: Refusal, request: RecordingRequest): boolean {
    const pending: Pending = this.#accounts.get(account) ?? {
      refusals: [],
      counts: new Map(),
      quietUntil: 0,
    };
    this.#accounts.set(account, pending);
    pending.refusals.push({ ...refusal, path: refusal.path.slice(0, MAX_PATH_LENGTH) });
    if (pending.refusals.length > KEPT_REFUSALS) pending.refusals.shift();
    pending.counts.set(refusal.reason, (pending.counts.get(refusal.reason) ?? 0) + 1);
    const wait = pending.quietUntil - request.now;
    if (wait > WRITE_INTERVAL_MS) return false; // a write is planned for the end of the quiet time
    pending.quietUntil = request.now + Math.max(wait, 0) + WRITE_INTERVAL_MS;
    request.waitUntil(this.#write(account, pending, Math.max(wait, 0), request));
    return true;
  }

  async #write(account: string, pending: Pending, waitMs: number, request: RecordingRequest): Promise<void> {
    if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
    const { refusals, counts } = pending;
    if (refusals.length === 0) return;
    pending.refusals = [];
    pending.counts = new Map();
    const batch: Refusals = {
      v: 1,
      refusals,
      counts: [...counts].map(([reason, count]) => ({ reason, count })),
    };
    try {
      const { logs, locationHint } = request;
      await logs.get(logs.idFromName(account), { locationHint }).record(batch);
    } catch (error) {
      pending.refusals = [...refusals, ...pending.refusals].slice(-KEPT_REFUSALS);
      for (const [reason, count] of counts)
        pending.counts.set(reason, (pending.counts.get(reason) ?? 0) + count);
      request.onError(error);
    }
  }
}
