/** Limits strangers: requests that failed verification, by IP. What passes verification is never counted. */
import { isOverLimit } from "./limiter.ts";

/** What a stranger's limit is counted by. */
const UNKNOWN_IP = "unknown";
/** A limiter that does not answer must not hold the refusal back. */
const LIMITER_TIMEOUT_MS = 500;

/**
 * Counts one refused request.
 *
 * @returns whether this IP has used up its refusals of this minute; `false` when the limiter fails
 */
export function strangerIsOverLimit(limiter: RateLimit, request: Request): Promise<boolean> {
  const key = request.headers.get("cf-connecting-ip") ?? UNKNOWN_IP;
  return isOverLimit(limiter, key, LIMITER_TIMEOUT_MS);
}
