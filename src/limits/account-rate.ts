/** How many pushes of an account are handled at once as they come. */
import { isOverLimit } from "./limiter.ts";

const LIMIT_TIMEOUT_MS = 50;

/**
 * Whether an account is over its rate (`ACCOUNT_RATE` in wrangler.toml; counted per location, approximate): what comes
 * beyond it is put on record, acknowledged, and handled by the queue. A limiter that does not answer limits nothing.
 */
export function isOverAccountRate(limiter: RateLimit, account: string): Promise<boolean> {
  return isOverLimit(limiter, account, LIMIT_TIMEOUT_MS);
}
