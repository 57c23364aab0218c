/** Limits strangers: requests that failed verification, by IP. What passes verification is never counted. */

/** What a stranger's limit is counted by. */
const UNKNOWN_IP = "unknown";
/** A limiter that does not answer must not hold the refusal back. */
const LIMITER_TIMEOUT_MS = 500;

/**
 * Counts one refused request.
 *
 * @returns whether this IP has used up its refusals of this minute; `false` when the limiter fails
 */
export async function strangerIsOverLimit(limiter: RateLimit, request: Request): Promise<boolean> {
  const key = request.headers.get("cf-connecting-ip") ?? UNKNOWN_IP;
  let timer: ReturnType<typeof setTimeout> | null = null;
  const timeout = new Promise<{ success: boolean }>((resolve) => {
    timer = setTimeout(() => resolve({ success: true }), LIMITER_TIMEOUT_MS);
  });
  try {
    const { success } = await Promise.race([limiter.limit({ key }), timeout]);
    return !success;
  } catch {
    return false;
  } finally {
    clearTimeout(timer);
  }
}
