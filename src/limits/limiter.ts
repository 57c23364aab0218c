/** Asks one of the platform's rate limiters. */
import { answerWithin } from "../deadline.ts";

/** Whether a key is over its limit; `false` when the limiter fails or takes longer: then it limits nothing. */
export async function isOverLimit(limiter: RateLimit, key: string, timeoutMs: number): Promise<boolean> {
  try {
    const { success } = await answerWithin(() => limiter.limit({ key }), timeoutMs);
    return !success;
  } catch {
    return false;
  }
}
