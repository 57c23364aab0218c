/** Which failed attempts are made again, when, and where. */
import { ApiError, ApiUnreachableError } from "../../errors.ts";
import type { Target } from "./targets.ts";

/** Pauses before a busy WeChat is asked again, in milliseconds, as its documents ask for. */
const BUSY_PAUSES_MS = [1_000, 2_000, 4_000] as const;
/** Pauses before the next address is tried after a failed connection, in milliseconds. */
const NETWORK_PAUSES_MS = [200, 600] as const;
/** Pauses differ by up to this share either way, so that callers do not come back all at once. */
const JITTER = 0.2;

/** Waits, or throws the reason of an aborted signal. */
export type Sleep = (ms: number, signal?: AbortSignal) => Promise<void>;

/** How attempts are repeated. */
export interface RetryOptions {
  readonly targets: readonly Target[];
  /** Whether the call may be repeated although nobody knows whether it took effect. */
  readonly idempotent: boolean;
  /** `false`: the first failure is final. */
  readonly repeat?: boolean;
  readonly sleep: Sleep;
  readonly signal: AbortSignal | undefined;
}

/**
 * Makes attempts until one succeeds or its failure is final.
 *
 * A busy WeChat (`-1`, `45011`) is asked again up to three times. A failed connection is tried again at the next
 * address, but only where that cannot do the same thing twice.
 *
 * @throws what the last attempt threw
 */
export async function withRetries<T>(
  attempt: (target: Target) => Promise<T>,
  options: RetryOptions,
): Promise<T> {
  const { targets, sleep, signal } = options;
  let busy = 0;
  let failed = 0;
  for (;;) {
    const target = targets[failed % targets.length];
    if (target === undefined) throw new RangeError("there is nowhere to call");
    try {
      return await attempt(target);
    } catch (error) {
      const pause = isBusy(error) ? BUSY_PAUSES_MS[busy++] : pauseAfter(error, failed++, options);
      if (pause === undefined || options.repeat === false) throw error;
      await sleep(pause * (1 + JITTER * (2 * Math.random() - 1)), signal);
    }
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof ApiError && error.reaction === "retry";
}

function pauseAfter(error: unknown, failed: number, { idempotent }: RetryOptions): number | undefined {
  if (!(error instanceof ApiUnreachableError)) return undefined;
  switch (error.code) {
    case "api_unreachable":
    case "api_timed_out":
    case "api_answer_unreadable":
      return idempotent || error.outcome === "not-sent" ? NETWORK_PAUSES_MS[failed] : undefined;
    default:
      return undefined;
  }
}

/** Real time. @throws {ApiUnreachableError} when the signal aborts: between two attempts nothing is under way */
export async function sleepFor(ms: number, signal?: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal?.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });
  if (signal?.aborted) {
    throw new ApiUnreachableError("api_cancelled", "not-sent", "the call was cancelled between two attempts");
  }
}
