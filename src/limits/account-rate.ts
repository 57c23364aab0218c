/** How many pushes of an account are handled at once as they come. */
import { answerWithin } from "../deadline.ts";

const LIMIT_TIMEOUT_MS = 50;

/**
 * Whether an account is over its rate (`ACCOUNT_RATE` in wrangler.toml; counted per location, approximate): what comes
 * beyond it is put on record, acknowledged, and handled by the queue. A limiter that does not answer limits nothing.
 */
export async function isOverAccountRate(limiter: RateLimit, account: string): Promise<boolean> {
  try {
    const { success } = await answerWithin(() => limiter.limit({ key: account }), LIMIT_TIMEOUT_MS);
    return !success;
  } catch {
    return false;
  }
}
