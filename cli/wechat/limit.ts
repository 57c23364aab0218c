/** `--limit`: how much of a list is shown. */
import { UsageError } from "../usage-error.ts";

/**
 * Reads the option.
 *
 * @throws {UsageError} when it is no whole number from 1
 */
export function limitOf(given: string | undefined, fallback: number): number {
  const limit = Number(given ?? fallback);
  if (Number.isInteger(limit) && limit >= 1) return limit;
  throw new UsageError("--limit must be a whole number from 1.", "--limit 必须是不小于 1 的整数。");
}
